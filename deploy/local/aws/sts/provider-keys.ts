// The signing keys of an OpenID provider, as STS fetches them: discovery, then jwks_uri. The twin asks providers on
// loopback only, takes no redirect, and keeps the keys for a while. A fetch that failed is not kept.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
import type { JSONWebKeySet, JWK } from "jose";
import { isLoopbackHost } from "../../../../server/core/loopback.js";
import { isJsonObject } from "../../../../server/core/strict-json.js";
import type { Clock } from "../../../../server/ports.js";
import type { Outcome } from "../model.js";
import { idpCommunicationError, invalidIdentityToken, refused } from "./refusals.js";

export type FindProviderKeys = (providerUrl: string) => Promise<Outcome<JSONWebKeySet>>;

export interface ProviderKeysSettings {
  readonly clock: Clock;
  /** Told why a provider's keys cannot be had. */
  readonly warn: (line: string) => void;
  readonly deadlineMs?: number;
}

interface KeptKeys {
  readonly untilMs: number;
  readonly keys: Promise<Outcome<JSONWebKeySet>>;
}

const keptForMs = 30_000;
const maxBytes = 65_536;
/** IAM's quota, for RSA and for EC keys each. */
const maxKeys = 100;

/** `providerUrl` is one of the template's, so what is kept is bounded by it. */
export function createProviderKeys(settings: ProviderKeysSettings): FindProviderKeys {
  const { clock, warn, deadlineMs = 3_000 } = settings;
  const kept = new Map<string, KeptKeys>();

  const fetchKeys = async (providerUrl: string): Promise<Outcome<JSONWebKeySet>> => {
    try {
      return { ok: true, value: await readKeys(providerUrl, AbortSignal.timeout(deadlineMs)) };
    } catch (error) {
      kept.delete(providerUrl);
      warn(`keys of ${providerUrl}: ${error instanceof Error ? error.message : String(error)}`);
      return refused(error instanceof UnusableProvider ? unusable : unreachable);
    }
  };
  return (providerUrl) => {
    const known = kept.get(providerUrl);
    if (known !== undefined && clock() < known.untilMs) return known.keys;
    const keys = fetchKeys(providerUrl);
    kept.set(providerUrl, { untilMs: clock() + keptForMs, keys });
    return keys;
  };
}

/** It answers, but asking again will not help. */
class UnusableProvider extends Error {}

const unreachable = idpCommunicationError("The identity provider could not be reached to verify the token.");
const unusable = invalidIdentityToken(
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
);

async function readKeys(providerUrl: string, signal: AbortSignal): Promise<JSONWebKeySet> {
  const discoveryUrl = `${providerUrl.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const { issuer, jwks_uri: jwksUri } = await readJson(discoveryUrl, signal);
  if (issuer !== providerUrl) throw new UnusableProvider("its discovery document names another issuer");
  if (typeof jwksUri !== "string") throw new UnusableProvider("its discovery document has no jwks_uri");
  const { keys } = await readJson(jwksUri, signal);
  if (!Array.isArray(keys) || !keys.every(isJsonObject)) throw new UnusableProvider("has no list of keys");
  for (const kty of ["RSA", "EC"]) {
    const count = keys.filter((key) => key.kty === kty).length;
    if (count > maxKeys) throw new UnusableProvider(`has more than ${maxKeys} ${kty} keys`);
  }
  return { keys: keys as readonly JWK[] as JWK[] };
}

async function readJson(url: string, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
  if (!URL.canParse(url) || !isLoopbackHost(new URL(url).hostname)) {
    throw new UnusableProvider(`${url.slice(0, 300)} is not on loopback, and the local twin asks no other`);
  }
  const response = await fetch(url, { signal, redirect: "manual" });
  if (response.status >= 500 || response.status === 429) throw new Error(`answered ${response.status}`);
  if (response.status !== 200) throw new UnusableProvider(`${url} answered ${response.status}`);
  const value = parse(await readText(response, url), url);
  if (!isJsonObject(value)) throw new UnusableProvider(`${url} answered no JSON object`);
  return value;
}

async function readText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > maxBytes) throw new UnusableProvider(`${url} answered more than ${maxBytes} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString();
}

function parse(text: string, url: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UnusableProvider(`${url} answered no JSON`);
  }
}
