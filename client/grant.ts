// One exchange at the grant door: POST /grant/{route} with the bearer token, and the answer read with suspicion. Knows
// neither cache nor retry.
import type { ServerClock } from "./clock.js";
import { codeOf, GrantwayError, problemOf } from "./errors.js";

/** What the grant door answers. */
export interface Grant {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  /** RFC 3339. */
  readonly Expiration: string;
  readonly Region: string;
  /** SigV4's name: `lambda` or `execute-api`. */
  readonly Service: string;
  /** Where the signed calls of this route go. */
  readonly FuncUrl: string;
  readonly RoleArn: string;
}

export interface GrantExchange {
  /** The gateway's address, without a slash at the end. */
  readonly gateway: string;
  readonly fetch: typeof fetch;
  readonly clock: ServerClock;
}

const timeoutMs = 15_000;
const fields: Readonly<Record<keyof Grant, 0>> = {
  AccessKeyId: 0,
  SecretAccessKey: 0,
  SessionToken: 0,
  Expiration: 0,
  Region: 0,
  Service: 0,
  FuncUrl: 0,
  RoleArn: 0,
};

export const endOf = (grant: Grant): number => Date.parse(grant.Expiration);

/** Rejects with a GrantwayError: the gateway's refusal by its own code, `gateway_unreachable`, `grant_invalid`. */
export async function requestGrant(
  exchange: GrantExchange,
  route: string | undefined,
  token: string,
): Promise<Grant> {
  // AbortSignal.timeout is not used, React Native has none.
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    return await readGrant(await post(exchange, route, token, controller.signal));
  } catch (cause) {
    if (cause instanceof GrantwayError) throw cause;
    throw new GrantwayError("gateway_unreachable", "The grant door did not answer", { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function post(
  { gateway, fetch, clock }: GrantExchange,
  route: string | undefined,
  token: string,
  signal: AbortSignal,
): Promise<Response> {
  const sentAt = clock.local();
  const response = await fetch(`${gateway}/grant/${encodeURIComponent(route ?? "")}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    redirect: "manual",
    signal,
  });
  clock.learn(response, sentAt);
  return response;
}

async function readGrant(response: Response): Promise<Grant> {
  const { status } = response;
  const requestId = response.headers.get("x-request-id") ?? undefined;
  const problem = await problemOf(response);
  const details = { status, requestId, problem };
  if (problem) throw new GrantwayError(codeOf(problem), problem.detail, details);
  const answer = await objectIn(response);
  if (status === 200 && isGrant(answer)) return answer;
  throw new GrantwayError("grant_invalid", `The grant door answered ${status} without a grant`, details);
}

const isGrant = (answer: Record<string, unknown>): answer is Record<keyof Grant, string> =>
  Object.keys(fields).every((name) => answer[name] && typeof answer[name] === "string");

async function objectIn(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
