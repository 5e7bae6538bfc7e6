// The RoleSessions port over STS: SessionSpec -> AssumeRole -> RoleSession, and STS's errors by name -> denials.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
import {
  AssumeRoleCommand,
  STSClient,
  STSServiceException,
  type AssumeRoleCommandOutput,
} from "@aws-sdk/client-sts";
import { assumeRoleInput } from "../core/assume-role-input.js";
import type { Denial } from "../core/denial.js";
import { firstLine } from "../core/first-line.js";
import { likeError } from "../core/like-error.js";
import type { RoleSession, SessionSpec } from "../core/model.js";
import { accept, refuse, type Result } from "../core/result.js";
import type { Clock, RoleSessions } from "../ports.js";

/** STS answers in well under a second; a caller should not wait for it longer than this, tries included. */
const deadlineMs = 8_000;

export interface RoleSessionsOptions {
  readonly region: string;
  /** Instead of the region's own endpoint. */
  readonly endpoint?: string;
  readonly clock: Clock;
  /** Called once for each AssumeRole, its tries taken together. */
  readonly onAssumeRole?: (call: AssumeRoleCall) => void;
  readonly deadlineMs?: number;
}

export interface AssumeRoleCall {
  /** Name of the rule that asked. */
  readonly rule: string;
  readonly spec: SessionSpec;
  /** `ok`, or the reason of the refusal. */
  readonly outcome: string;
  readonly seconds: number;
  readonly session?: RoleSession;
}

/** The gateway's own, found and renewed as the AWS SDK does it: a task's role, a token file, keys. */
export interface OwnCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Absent for a user's long-term key. */
  readonly sessionToken?: string;
}

export interface OpenRoleSessions extends RoleSessions {
  /** What AssumeRole is signed with. Rejects with an OwnCredentialsFault where there are none. */
  ownCredentials(): Promise<OwnCredentials>;
  close(): void;
}

/**
 * The gateway got no credentials of its own. It may trade a token file for them, at STS as well (Fly.io, EKS), whose no
 * has the same names then as a no to AssumeRole: what says which it was is this class alone.
 */
class OwnCredentialsFault extends Error {
  override readonly name = "OwnCredentialsFault";
  /** Of the error behind it: the SDK's name for what went wrong. */
  readonly code: string;

  constructor(cause: unknown) {
    super(sentenceOf(cause), { cause });
    this.code = likeError(cause).name;
  }
}

export function createRoleSessions(options: RoleSessionsOptions): OpenRoleSessions {
  const client = new STSClient({
    region: options.region,
    ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    // The SDK's standard mode tries again after throttling, 5xx and broken connections only, each time after a random
    // part of a doubling delay. Written down so that AWS_RETRY_MODE and AWS_MAX_ATTEMPTS do not change it.
    retryMode: "standard",
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  // Around the SDK's own provider, not around our call of it: what is sent asks it again, and it may renew just then.
  const credentials = client.config.credentials;
  client.config.credentials = Object.assign(
    (properties?: Record<string, unknown>) =>
      credentials(properties).catch((error: unknown) => {
        throw new OwnCredentialsFault(error);
      }),
    // Or the SDK would hold what the provider holds already.
    { memoized: true },
  );

  async function assume(spec: SessionSpec): Promise<Result<RoleSession>> {
    const signal = AbortSignal.timeout(options.deadlineMs ?? deadlineMs);
    try {
      // Credentials with a session token are a role's own: the gateway is chaining.
      const own = await before(signal, client.config.credentials(), () => new OwnCredentialsFault(late()));
      const isChained = own.sessionToken !== undefined;
      const input = assumeRoleInput(spec, { now: options.clock(), isChained });
      const sent = client.send(new AssumeRoleCommand(input), { abortSignal: signal });
      // The signal ends a try, but not the pause between two.
      return accept(roleSessionOf(await before(signal, sent, late), spec));
    } catch (error) {
      return refuse(denialOf(error));
    }
  }

  return {
    async assume(spec) {
      const startedAt = options.clock();
      const result = await assume(spec);
      options.onAssumeRole?.({
        rule: spec.rule,
        spec,
        outcome: result.ok ? "ok" : result.denial.reason,
        seconds: (options.clock() - startedAt) / 1000,
        ...(result.ok && { session: result.value }),
      });
      return result;
    },
    ownCredentials: () => client.config.credentials(),
    close: () => client.destroy(),
  };
}

function roleSessionOf(output: AssumeRoleCommandOutput, spec: SessionSpec): RoleSession {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = output.Credentials ?? {};
  const { Arn: assumedRoleArn, AssumedRoleId } = output.AssumedRoleUser ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration || !assumedRoleArn)
    throw new Error("STS answered without credentials");
  const fill = fillOf(output);
  // Somebody else's session under this caller's key would be the worst of all mistakes.
  if (assumedRoleArn !== assumedRoleArnOf(spec))
    throw new Error(`STS answered with a session of ${assumedRoleArn}, not of ${assumedRoleArnOf(spec)}`);
  return {
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    expiration: Expiration.getTime(),
    assumedRoleArn,
    ...(AssumedRoleId !== undefined && { assumedRoleId: AssumedRoleId }),
    requestId: output.$metadata.requestId ?? "",
    ...(fill !== undefined && { packedPolicySize: fill }),
  };
}

/** STS counts policy and tags in percent; since June 2026 the whole token too. Either fails above 100. */
function fillOf({ SessionTokenUtilization, ...output }: AssumeRoleCommandOutput): number | undefined {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- STS still limits and sends it, and says it alone for now
  const percents = [output.PackedPolicySize, SessionTokenUtilization].filter((given) => given !== undefined);
  return percents.length > 0 ? Math.max(...percents) : undefined;
}

/** A role's path is not part of it: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
function assumedRoleArnOf({ roleArn, roleSessionName }: SessionSpec): string {
  const role = roleArn.replace(/^arn:([^:]+):iam::(\d+):role\/(?:.*\/)?/, "arn:$1:sts::$2:assumed-role/");
  return `${role}/${roleSessionName}`;
}

/** STS's error codes: aws-sdk gives them as the error's name. What we do not know is an outage, not the caller's fault. */
function denialOf(error: unknown): Denial {
  if (error instanceof OwnCredentialsFault) return ownDenialOf(error);
  const { name } = likeError(error);
  const cause = sentenceOf(error);
  if (throttles.has(name)) return { reason: "sts_throttled", cause, retryAfterSeconds: 1 };
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
    case "ExpiredToken":
    case "ExpiredTokenException":
    case "InvalidClientTokenId":
    case "SignatureDoesNotMatch":
    case "RegionDisabledException":
      return noAccess(cause);
    default:
      return { reason: "sts_unavailable", cause, retryAfterSeconds: 2 };
  }
}

/** Whatever it is, it is not the caller's. A throttle alone passes by itself, and is the account's like any other. */
function ownDenialOf({ code, message }: OwnCredentialsFault): Denial {
  const denial = noAccess(`no credentials: ${message}`);
  return throttles.has(code) ? { ...denial, reason: "sts_throttled", retryAfterSeconds: 1 } : denial;
}

/** The gateway's own credentials or its region: nothing a caller can mend, nor a second's patience. */
const noAccess = (cause: string) => ({
  reason: "sts_unavailable" as const,
  cause: `the gateway's own access to STS: ${cause}`,
  retryAfterSeconds: 30,
});

const throttles: ReadonlySet<string> = new Set([
  "Throttling",
  "ThrottlingException",
  "ThrottledException",
  "RequestLimitExceeded",
  "TooManyRequestsException",
]);

function sentenceOf(error: unknown): string {
  const { name, message } = likeError(error);
  return `${name}: ${firstLine(message)}${requestOf(error)}`;
}

/** CloudTrail holds refused calls too, and finds them by this. */
function requestOf(error: unknown): string {
  const requestId = error instanceof STSServiceException ? error.$metadata.requestId : undefined;
  return requestId === undefined ? "" : ` (request ${requestId})`;
}

/** For work that takes no signal, or not all the time. */
function before<T>(signal: AbortSignal, work: Promise<T>, faultOf: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(faultOf());
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

const late = (): Error => new Error("no answer came in time");
