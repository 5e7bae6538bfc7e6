// An issuer as the gateway meets it: its discovery document, the name in it, and its keys.
// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
import { discoverJwksUri } from "../../adapters/discovery.js";
import type { FetchJson } from "../../adapters/fetch-json.js";
import { readJwkSet } from "../../adapters/jwk-set.js";
import type { Issuer } from "../../core/model.js";
import { quoted } from "../../core/quoted.js";
import { accept, refuse, type Result } from "../../core/result.js";
import { isJsonObject } from "../../core/strict-json.js";
import type { IssuerFacts } from "../facts.js";

export async function readIssuer(issuer: Issuer, fetchJson: FetchJson): Promise<IssuerFacts> {
  const uri = issuer.jwksUri === undefined ? await discover(issuer, fetchJson) : accept(issuer.jwksUri);
  if (!uri.ok) return uri.denial;
  const document = await fetchJson(uri.value);
  if (!document.ok) return { outcome: "unreachable", sentence: document.denial };
  const keys = await readJwkSet(uri.value, document.value);
  return keys.ok ? { outcome: "keys", keys: keys.value } : { outcome: "malformed", sentence: keys.denial };
}

async function discover({ issuer }: Issuer, fetchJson: FetchJson): Promise<Result<string, IssuerFacts>> {
  const document = await fetchJson(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (!document.ok) return refuse({ outcome: "unreachable", sentence: document.denial });
  const name = isJsonObject(document.value) ? document.value.issuer : undefined;
  // As it was read: a second answer could be another.
  const found = await discoverJwksUri(issuer, () => Promise.resolve(document));
  if (found.ok) return found;
  if (typeof name !== "string" || name === issuer)
    return refuse({ outcome: "malformed", sentence: found.denial });
  const hint =
    name.replace(/\/$/, "") === issuer.replace(/\/$/, "") ? "; only a slash at the end differs" : "";
  const sentence = `${quoted(issuer)} calls itself ${quoted(name)}${hint}`;
  return refuse({ outcome: "differs", sentence, name });
}
