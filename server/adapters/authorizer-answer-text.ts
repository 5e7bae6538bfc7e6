// What custom authorizers have in common whether they are functions or modules: the size of an answer, the error that
// means 401, and an error as the log may quote it.
import { quoted } from "../core/quoted.js";
import { accept, refuse, type Result } from "../core/result.js";
import type { AuthorizerSilence } from "../ports.js";

/** An answer of JSON. API Gateway's own bound is smaller; a decision is kept in memory. */
export const maxAnswerBytes = 65_536;

export const failed = (cause: string): Result<never, AuthorizerSilence> => refuse({ kind: "failed", cause });

export const unavailable = (cause: string, retryAfterSeconds = 1): Result<never, AuthorizerSilence> =>
  refuse({ kind: "unavailable", cause, retryAfterSeconds });

/** The message that API Gateway makes a 401 of: exactly this one. */
export const thrown = (type: string, message: string): Result<never, AuthorizerSilence> =>
  message === "Unauthorized"
    ? refuse({ kind: "unauthorized" })
    : failed(`it failed with ${type}: ${quoted(message)}`);

export function parseAnswer(text: string): Result<unknown, AuthorizerSilence> {
  try {
    return accept(JSON.parse(text) as unknown);
  } catch {
    return failed("it answered no JSON");
  }
}
