// Where a provider's endpoints are: OpenID Connect Discovery 1.0 sections 4.1 to 4.3 with RFC 8628 section 4. The
// document must name the issuer that was asked, and no endpoint that would send a token in the clear.
import { isLoopbackHost } from "../core/loopback.js";
import { quoted } from "../core/quoted.js";
import { accept, refuse, type Result } from "../core/result.js";
import { isJsonObject } from "../core/strict-json.js";
import type { Failure, LoginPorts } from "./ports.js";

export interface Provider {
  readonly tokenEndpoint: string;
  /** `undefined` where the provider knows no device login. */
  readonly deviceEndpoint: string | undefined;
  /** RFC 7009; `undefined` where none is named, or none that a token may be sent to. */
  readonly revocationEndpoint: string | undefined;
}

/** https anywhere, plain http only on this machine. */
export function isSafeUrl(text: unknown): text is string {
  if (typeof text !== "string" || text.length > 2_048 || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && isLoopbackHost(hostname));
}

export async function discoverProvider(
  issuer: string,
  { exchange }: Pick<LoginPorts, "exchange">,
): Promise<Result<Provider, Failure>> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const answer = await exchange({ url, method: "GET" });
  if (!answer.ok) return refuse({ kind: "unavailable", sentence: answer.denial });
  const { status, body } = answer.value;
  if (status !== 200) return refuse({ kind: "unavailable", sentence: `${url} answered ${status}, not 200` });
  return readProvider(url, isJsonObject(body) ? body : {}, issuer);
}

function readProvider(
  url: string,
  document: Readonly<Record<string, unknown>>,
  issuer: string,
): Result<Provider, Failure> {
  const refused = (why: string) => refuse<Failure>({ kind: "refused", sentence: `${url} ${why}` });
  // Section 4.3: must be identical, or one issuer could speak for another.
  if (document.issuer !== issuer)
    return refused(`names issuer ${quoted(document.issuer)}, not ${quoted(issuer)}`);
  const { token_endpoint: tokenEndpoint, device_authorization_endpoint: deviceEndpoint } = document;
  if (!isSafeEndpoint(tokenEndpoint, issuer))
    return refused(`names token_endpoint ${quoted(tokenEndpoint)}, not an https URL`);
  if (deviceEndpoint !== undefined && !isSafeEndpoint(deviceEndpoint, issuer))
    return refused(`names device_authorization_endpoint ${quoted(deviceEndpoint)}, not an https URL`);
  // Signing in does without it, so that a bad one is as none.
  const named = document.revocation_endpoint;
  const revocationEndpoint = isSafeEndpoint(named, issuer) ? named : undefined;
  return accept({ tokenEndpoint, deviceEndpoint, revocationEndpoint });
}

/** Plain http only where the issuer itself has it: one outside must not send tokens into this machine. */
const isSafeEndpoint = (endpoint: unknown, issuer: string): endpoint is string =>
  isSafeUrl(endpoint) && (new URL(endpoint).protocol === "https:" || new URL(issuer).protocol === "http:");
