// Who the gateway is, what time AWS has, and whether a role can be had: by STS, as the gateway asks it.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
import { AssumeRoleCommand, GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { accept, refuse } from "../../core/result.js";
import type { Clock } from "../../ports.js";
import type { Facts } from "../facts.js";
import type { CallerFault, DoctorPorts, ProbeAnswer, ProbeRequest } from "../ports.js";
import { likeError } from "../../release/aws-fault.js";
import { present } from "./aws-look.js";

/** Whoever got hold of such a session could do nothing with it. */
const nothing = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
});

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
        await sts.send(new AssumeRoleCommand(inputOf(request)));
        return { outcome: "ok" };
      } catch (error) {
        return answerOf(error);
      }
    },
  };
}

const inputOf = ({ roleArn, sourceIdentity, externalId, ...request }: ProbeRequest) => ({
  RoleArn: roleArn,
  RoleSessionName: "grantway-doctor",
  DurationSeconds: request.durationSeconds,
  Policy: nothing,
  Tags: request.tags.map(({ key, value }) => ({ Key: key, Value: value })),
  TransitiveTagKeys: [...request.transitiveTagKeys],
  ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
  ...(externalId !== undefined && { ExternalId: externalId }),
});

/** What STS itself refused has a status; without credentials or a network there is none. */
function faultOf(error: unknown): CallerFault {
  const { name, message } = likeError(error);
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return { kind: status >= 400 && status < 500 ? "refused" : "failed", sentence: `${name}: ${message}` };
}

function answerOf(error: unknown): ProbeAnswer {
  const { name, message } = likeError(error);
  if (name === "AccessDenied" || name === "AccessDeniedException") {
    const action = /not authorized to perform: (sts:\w+)/.exec(message)?.[1] ?? "sts:AssumeRole";
    return { outcome: "denied", action, message };
  }
  const isTooLong = name.startsWith("ValidationError") && /MaxSessionDuration|session limit/.test(message);
  return { outcome: isTooLong ? "too_long" : "failed", message: `${name}: ${message}` };
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
