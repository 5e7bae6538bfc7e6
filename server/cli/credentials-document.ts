// What the grant door answered -> the document of `credential_process`, checked, with the fields of that format alone:
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
import { accept, refuse, type Result } from "../core/result.js";
import { isJsonObject, type JsonObject } from "../core/strict-json.js";
import type { JsonAnswer } from "../adapters/exchange-json.js";
import type { Failure } from "../device-login/ports.js";

const visible = /^[\x21-\x7e]{1,32768}$/;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** `now` in epoch milliseconds. */
export function credentialsDocument({ status, body }: JsonAnswer, now: number): Result<string, Failure> {
  const answer = isJsonObject(body) ? body : undefined;
  if (status !== 200 || answer === undefined) return refuse(refusalOf(status, answer));
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer;
  const areKeys = [AccessKeyId, SecretAccessKey, SessionToken].every(isVisible);
  if (Version !== 1 || !areKeys || typeof Expiration !== "string" || !rfc3339.test(Expiration))
    return refuse({ kind: "refused", sentence: "the gateway's answer is no set of credentials" });
  // Also false for a date that is none.
  if (!(Date.parse(Expiration) > now)) {
    const sentence = `the gateway's credentials ended at ${Expiration}: is this machine's clock right?`;
    return refuse({ kind: "refused", sentence });
  }
  const { AccountId } = answer;
  const account = typeof AccountId === "string" && /^\d{12}$/.test(AccountId) ? { AccountId } : {};
  const document = { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration, ...account };
  return accept(`${JSON.stringify(document)}\n`);
}

const isVisible = (value: unknown): boolean => typeof value === "string" && visible.test(value);

function refusalOf(status: number, answer: JsonObject | undefined): Failure {
  const kind = status >= 500 || status === 429 ? "unavailable" : "refused";
  const { Code, Message } = answer ?? {};
  if (typeof Code !== "string" || typeof Message !== "string") {
    const isRedirect = status >= 300 && status < 400;
    const hint = isRedirect ? "redirects are not followed" : "is it a gateway's address?";
    return { kind, sentence: `the gateway answered ${status} and no credentials: ${hint}` };
  }
  return { kind, sentence: `the gateway refuses: ${`${Code}: ${Message}`.slice(0, 500)}` };
}
