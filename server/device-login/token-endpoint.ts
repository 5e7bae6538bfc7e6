// One request to the token endpoint (RFC 6749 3.2) and what its answer means: tokens, one of the errors of 5.2, or an
// outage. A public client (2.1): it names itself and proves nothing.
import { accept, refuse, type Result } from "../core/result.js";
import { isJsonObject } from "../core/strict-json.js";
import type { Failure, LoginPorts, LoginRequest } from "./ports.js";
import type { Provider } from "./provider.js";
import { readTokens, type Tokens } from "./tokens.js";

/** `error` is the provider's word, such as `invalid_grant`. */
export interface TokenRefusal extends Failure {
  readonly error?: string;
}

export type TokenAnswer = Result<Tokens, TokenRefusal>;

export async function requestTokens(
  { clientId, resource }: LoginRequest,
  { tokenEndpoint: url }: Provider,
  grant: Readonly<Record<string, string>>,
  { exchange, clock }: Pick<LoginPorts, "exchange" | "clock">,
  before?: Tokens,
): Promise<TokenAnswer> {
  // RFC 8707 2.2.
  const form = { client_id: clientId, ...grant, ...(resource !== undefined && { resource }) };
  const answer = await exchange({ url, method: "POST", form });
  if (!answer.ok) return refuse({ kind: "unavailable", sentence: answer.denial });
  const { status, body } = answer.value;
  if (status !== 200) return refuse(oauthRefusal(url, status, body));
  const tokens = readTokens(body, clock(), before);
  return tokens.ok ? accept(tokens.value) : refuse({ kind: "refused", sentence: `${url} ${tokens.denial}` });
}

/** What an endpoint said instead of giving. */
export function oauthRefusal(url: string, status: number, body: unknown): TokenRefusal {
  const { error, error_description: description } = isJsonObject(body) ? body : {};
  const isOutage = status >= 500 || status === 429 || error === "temporarily_unavailable";
  const kind = isOutage ? "unavailable" : "refused";
  if (typeof error !== "string") return { kind, sentence: `${url} answered ${status}` };
  const why = typeof description === "string" ? `${error}: ${description}` : error;
  return { kind, error, sentence: `${url} answered ${why.slice(0, 300)}` };
}
