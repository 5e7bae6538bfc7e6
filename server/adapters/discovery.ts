// Where an issuer's keys are, by OpenID Connect Discovery 1.0 sections 4.1 to 4.3. Reads `issuer` and `jwks_uri`
// and nothing else.
import { isLoopbackHost } from "../core/loopback.js";
import { quoted } from "../core/quoted.js";
import { accept, refuse, type Result } from "../core/result.js";
import { isJsonObject } from "../core/strict-json.js";
import type { FetchJson } from "./fetch-json.js";

/** The refusal is a sentence for the operator. */
export const discoverJwksUri = async (
  issuer: string,
  fetchJson: FetchJson,
): Promise<Result<string, string>> => {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const document = await fetchJson(url);
  if (!document.ok) return document;
  const configuration = isJsonObject(document.value) ? document.value : {};
  // Section 4.3: must be identical, or one issuer could speak for another.
  if (configuration.issuer !== issuer) {
    return refuse(`${url} names issuer ${quoted(configuration.issuer)}, not ${quoted(issuer)}`);
  }
  const jwksUri = configuration.jwks_uri;
  if (typeof jwksUri !== "string" || !isSafe(jwksUri, issuer)) {
    return refuse(`${url} names jwks_uri ${quoted(jwksUri)}, not an https URL`);
  }
  return accept(jwksUri);
};

/** Plain http only where the issuer itself is on loopback: an issuer outside must not reach into this machine. */
const isSafe = (jwksUri: string, issuer: string): boolean => {
  if (!URL.canParse(jwksUri)) return false;
  const { protocol } = new URL(jwksUri);
  return protocol === "https:" || (isLoopbackHttp(jwksUri) && isLoopbackHttp(issuer));
};

const isLoopbackHttp = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && isLoopbackHost(hostname);
};
