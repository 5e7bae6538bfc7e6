// The RoleSessions port over STS: SessionSpec -> AssumeRole -> RoleSession, and STS's errors by name -> denials.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
import {
  AssumeRoleCommand,
  STSClient,
  type AssumeRoleCommandInput,
  type AssumeRoleCommandOutput,
} from "@aws-sdk/client-sts";
import type { Denial } from "../core/denial.js";
import type { RoleSession, SessionSpec } from "../core/model.js";
import { accept, refuse, type Result } from "../core/result.js";
import type { Clock, RoleSessions } from "../ports.js";

/** STS answers in well under a second; a caller should not wait for it longer than this, tries included. */
const deadlineMs = 8_000;
const floorSeconds = 900;
/** STS refuses to give a role session a longer one ("role chaining"). */
const chainedLimitSeconds = 3_600;

export interface RoleSessionsOptions {
  readonly region: string;
  /** Instead of the region's own endpoint. */
  readonly endpoint?: string;
  readonly clock: Clock;
  /** Called once for each AssumeRole: `ok`, or the reason of the refusal. */
  readonly onAssumeRole?: (outcome: string) => void;
  readonly deadlineMs?: number;
}

export function createRoleSessions(options: RoleSessionsOptions): RoleSessions & { close(): void } {
  const client = new STSClient({
    region: options.region,
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });

  async function assume(spec: SessionSpec): Promise<Result<RoleSession>> {
    const signal = AbortSignal.timeout(options.deadlineMs ?? deadlineMs);
    try {
      // Credentials with a session token are a role's own: the gateway is chaining.
      const isChained = (await before(signal, client.config.credentials())).sessionToken !== undefined;
      const input = assumeRoleInput(spec, { now: options.clock(), isChained });
      return accept(roleSessionOf(await client.send(new AssumeRoleCommand(input), { abortSignal: signal })));
    } catch (error) {
      return refuse(denialOf(error));
    }
  }

  return {
    async assume(spec) {
      const result = await assume(spec);
      options.onAssumeRole?.(result.ok ? "ok" : result.denial.reason);
      return result;
    },
    close: () => client.destroy(),
  };
}

/** Exactly what STS is asked for. `now` in epoch milliseconds. */
export function assumeRoleInput(
  spec: SessionSpec,
  { now, isChained }: { readonly now: number; readonly isChained: boolean },
): AssumeRoleCommandInput {
  const wanted = isChained ? Math.min(spec.durationSeconds, chainedLimitSeconds) : spec.durationSeconds;
  const left = spec.notAfter === undefined ? wanted : Math.floor(spec.notAfter - now / 1000);
  return {
    RoleArn: spec.roleArn,
    RoleSessionName: spec.roleSessionName,
    // Under the floor the policy ends the session instead (core/compile-policy.ts).
    DurationSeconds: Math.max(floorSeconds, Math.min(wanted, left)),
    Policy: spec.policy,
    ...(spec.sourceIdentity !== undefined && { SourceIdentity: spec.sourceIdentity }),
    ...(spec.externalId !== undefined && { ExternalId: spec.externalId }),
    ...(spec.tags.length > 0 && { Tags: spec.tags.map(({ key, value }) => ({ Key: key, Value: value })) }),
    ...(spec.transitiveTagKeys.length > 0 && { TransitiveTagKeys: [...spec.transitiveTagKeys] }),
  };
}

function roleSessionOf(output: AssumeRoleCommandOutput): RoleSession {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = output.Credentials ?? {};
  const assumedRoleArn = output.AssumedRoleUser?.Arn;
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || !assumedRoleArn)
    throw new Error("STS answered without credentials");
  return {
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    expiration: Expiration.getTime(),
    assumedRoleArn,
    requestId: output.$metadata.requestId ?? "",
  };
}

/** STS's error codes: aws-sdk gives them as the error's name. What we do not know is an outage, not the caller's fault. */
function denialOf(error: unknown): Denial {
  const name = error instanceof Error ? error.name : "Error";
  const cause = `${name}: ${error instanceof Error ? error.message : String(error)}`;
  switch (name) {
    case "AccessDenied":
    case "AccessDeniedException":
    case "ValidationError":
    case "MalformedPolicyDocument":
    case "MalformedPolicyDocumentException":
      return { reason: "session_refused", cause };
    case "PackedPolicyTooLarge":
    case "PackedPolicyTooLargeException":
      return { reason: "session_too_large", slot: "tags and policy", cause };
    case "Throttling":
    case "ThrottlingException":
    case "TooManyRequestsException":
      return { reason: "sts_throttled", cause, retryAfterSeconds: 1 };
    default:
      return { reason: "sts_unavailable", cause, retryAfterSeconds: 2 };
  }
}

/** The provider chain takes no signal of its own. */
function before<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error("the gateway's own credentials did not come in time"));
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
