// The one error of this library: what it refuses itself, and what the gateway refused at the grant step (RFC 9457). A
// message holds neither a token nor a credential. An answer to `client.fetch` is never turned into one.

/** RFC 9457 3, as the gateway sends it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** `urn:uuid:` and the request id. */
  readonly instance: string;
}

export interface GrantwayErrorDetails {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly problem?: Problem | undefined;
  readonly cause?: unknown;
}

export class GrantwayError extends Error {
  override readonly name = "GrantwayError";
  /** The gateway's own (`role_not_granted`, `token_invalid`, ...), or this library's, which client/README.md lists. */
  readonly code: string;
  /** Of the gateway's answer, where there was one. */
  declare readonly status?: number | undefined;
  /** `x-request-id` of that answer: finds the reason in the gateway's log. */
  declare readonly requestId?: string | undefined;
  declare readonly problem?: Problem | undefined;

  constructor(code: string, message: string, details?: GrantwayErrorDetails) {
    super(message);
    this.code = code;
    Object.assign(this, details);
  }
}

const problemType = "urn:grantway:problem:";

/** The part of a problem's type that tells refusals apart. */
export const codeOf = (problem: Problem): string => problem.type.slice(problemType.length);

/**
 * The gateway's own refusal. A function may answer with a problem, too, even with one that it got from a gateway of its
 * own: only this gateway knows the request id of this answer.
 */
export async function problemOf(response: Response): Promise<Problem | undefined> {
  if (!response.headers.get("content-type")?.startsWith("application/problem+json")) return undefined;
  try {
    const problem = (await response.clone().json()) as Problem;
    const instance = `urn:uuid:${response.headers.get("x-request-id") ?? ""}`;
    return problem.type.startsWith(problemType) && problem.instance === instance ? problem : undefined;
  } catch {
    return undefined;
  }
}
