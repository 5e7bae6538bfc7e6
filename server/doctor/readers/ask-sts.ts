// Who the gateway is, what time AWS has, and whether a role can be had: by STS, as the gateway asks it.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { firstLine } from "../../core/first-line.js";
import { accept, refuse, type Result } from "../../core/result.js";
import { denyAll } from "../../core/role-probe.js";
import type { Clock } from "../../ports.js";
import type { Facts } from "../facts.js";
import type { CallerFault, DoctorPorts, ProbeAnswer, ProbeRequest } from "../ports.js";
import { likeError } from "../../core/like-error.js";
import { present, sentenceOf } from "./aws-look.js";

export function stsAsker(sts: STSClient, clock: Clock): Pick<DoctorPorts, "whoAmI" | "assume"> {
  const dates = watchDates(sts, clock);
  return {
    async whoAmI() {
      try {
        const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
        return accept({ arn: present(Arn, "an ARN"), clock: dates.latest });
      } catch (error) {
        return refuse(faultOf(error));
      }
    },
    async assume(request) {
      try {
        // Whoever got hold of such a session could do nothing with it.
        await sts.send(new AssumeRoleCommand({ ...assumeInput(request), Policy: denyAll }));
        return { outcome: "ok" };
      } catch (error) {
        return answerOf(error);
      }
    },
  };
}

/** All but the session policy. */
export const assumeInput = ({ roleArn, sourceIdentity, externalId, ...request }: ProbeRequest) => ({
  RoleArn: roleArn,
  RoleSessionName: "grantway-doctor",
  DurationSeconds: request.durationSeconds,
  Tags: request.tags.map(({ key, value }) => ({ Key: key, Value: value })),
  TransitiveTagKeys: [...request.transitiveTagKeys],
  ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  ...(externalId !== undefined && { ExternalId: externalId }),
});

/** Whoever reads, by STS as well. */
export async function readerOf(sts: STSClient): Promise<Result<string, string>> {
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return accept(present(Arn, "an ARN"));
  } catch (error) {
    return refuse(sentenceOf(error));
  }
}

const throttled = /throttl|RequestLimitExceeded|TooManyRequests/i;

/** What STS itself refused has a status; without credentials or a network there is none. Throttling is no refusal. */
function faultOf(error: unknown): CallerFault {
  const { name, message } = likeError(error);
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 0 && isWithoutCredentials(error)) {
    return { kind: "unarmed", sentence: sentenceOf(error), mayBeRegion: false };
  }
  const isRefused = status >= 400 && status < 500 && status !== 429 && !throttled.test(name);
  const mayBeRegion = name === "InvalidClientTokenId" || /region/i.test(`${name} ${firstLine(message)}`);
  return { kind: isRefused ? "refused" : "failed", sentence: sentenceOf(error), mayBeRegion };
}

/** `CredentialsProviderError`, `TokenProviderError`; and where a file of a token or a key cannot be read, Node's own. */
function isWithoutCredentials(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return likeError(error).name.endsWith("ProviderError") || code === "ENOENT" || code === "EACCES";
}

function answerOf(error: unknown): ProbeAnswer {
  const { name, message } = likeError(error);
  const said = firstLine(message);
  if (name === "AccessDenied" || name === "AccessDeniedException") {
    const action = /not authorized to perform: (sts:\w+)/.exec(said)?.[1] ?? "sts:AssumeRole";
    return { outcome: "denied", action, message: said };
  }
  const isTooLong = name.startsWith("ValidationError") && /MaxSessionDuration|session limit/.test(said);
  return { outcome: isTooLong ? "too_long" : "failed", message: sentenceOf(error) };
}

/** The SDK sets its own clock by this header, silently; the gateway's signatures have only the machine's. */
function watchDates(sts: STSClient, clock: Clock): { latest: Facts["clock"] } {
  const seen: { latest: Facts["clock"] } = { latest: undefined };
  sts.middlewareStack.add(
    (next) => async (args) => {
      const askedAt = clock();
      const result = await next(args);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const theirs = Date.parse(headers?.date ?? "");
      const ours = clock();
      if (!Number.isNaN(theirs)) seen.latest = { ours, theirs, tookMs: ours - askedAt };
      return result;
    },
    // Next to the wire, where an answer still has its headers.
    { step: "deserialize", priority: "low", name: "grantwayDates" },
  );
  return seen;
}
