// The token endpoint's answer (RFC 6749 5.1) as it is kept, and when a kept token is to be renewed. Does not look into
// a token: that is the gateway's work.
import { accept, refuse, type Result } from "../core/result.js";
import { isJsonObject } from "../core/strict-json.js";

export interface Tokens {
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly obtainedAt: number;
  /** Epoch milliseconds; as `obtainedAt` where the provider did not say. */
  readonly expiresAt: number;
  readonly refreshToken?: string;
}

const maxTokenChars = 65_536;
const minuteMs = 60_000;
/**
 * Granted credentials end with the token, and botocore asks for new ones at each use from 15 minutes before their end
 * on (https://github.com/boto/botocore/blob/develop/botocore/credentials.py): one minute more for the way there.
 */
const renewBeforeMs = 16 * minuteMs;

/** Visible ASCII: what can stand in an `Authorization` field. */
export const isToken = (value: unknown): value is string =>
  typeof value === "string" && value.length <= maxTokenChars && /^[\x21-\x7e]+$/.test(value);

/** `before` is what was used to get these: a provider that does not rotate refresh tokens sends none again. */
export function readTokens(body: unknown, now: number, before?: Tokens): Result<Tokens, string> {
  const answer = isJsonObject(body) ? body : {};
  const type = typeof answer.token_type === "string" ? answer.token_type.toLowerCase() : undefined;
  if (!isToken(answer.access_token)) return refuse("gave no access token");
  if (type !== "bearer") return refuse("gave a token that is no Bearer token");
  const refreshToken = isToken(answer.refresh_token) ? answer.refresh_token : before?.refreshToken;
  return accept({
    accessToken: answer.access_token,
    obtainedAt: now,
    expiresAt: now + secondsOf(answer.expires_in) * 1_000,
    ...(refreshToken !== undefined && { refreshToken }),
  });
}

/** Some providers send the number as text. */
function secondsOf(value: unknown): number {
  const seconds = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" && seconds > 0 && seconds < 1e9 ? seconds : 0;
}

/** A token that lives shorter than half an hour is renewed at half its life, not at each call. */
export function isNearEnd({ obtainedAt, expiresAt }: Tokens, now: number): boolean {
  // A clock that was set back says nothing of how much is left.
  if (now < obtainedAt) return true;
  return expiresAt - now < Math.min(renewBeforeMs, (expiresAt - obtainedAt) / 2);
}

/** With a minute for the way to the gateway. */
export const isStillGood = ({ obtainedAt, expiresAt }: Tokens, now: number): boolean =>
  now >= obtainedAt && expiresAt - now > minuteMs;
