// The Authorization header of Signature Version 4 and the credential scope in it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
import type { Outcome } from "../model.js";
import { incomplete } from "./refusals.js";

export interface Authorization {
  readonly accessKeyId: string;
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  /** Lower case, sorted, each once. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
}

const algorithm = "AWS4-HMAC-SHA256";
const parameterNames = ["Credential", "Signature", "SignedHeaders"];
const headerName = /^[a-z0-9][a-z0-9._-]*$/;

export function parseAuthorization(value: string): Outcome<Authorization> {
  const space = value.indexOf(" ");
  const scheme = space < 0 ? value : value.slice(0, space);
  if (scheme !== algorithm) return incomplete(`Unsupported AWS 'algorithm': '${scheme}'.`);
  const parameters = new Map<string, string>();
  for (const pair of value.slice(space + 1).split(",")) {
    const [, name, text] = /^ *(\w+)=(\S*) *$/.exec(pair) ?? [];
    if (name === undefined || text === undefined || parameters.has(name)) {
      return incomplete(`'${pair.trim()}' not a valid key=value pair in Authorization header`);
    }
    parameters.set(name, text);
  }
  const missing = parameterNames.filter((name) => !parameters.get(name));
  if (missing.length > 0 || parameters.size !== parameterNames.length) {
    return incomplete(missing.map((name) => `Authorization header requires '${name}' parameter.`).join(" "));
  }
  const [credential = "", signature = "", headers = ""] = parameterNames.map((name) => parameters.get(name));
  return readParameters(credential, signature, headers.split(";"));
}

function readParameters(
  credential: string,
  signature: string,
  signedHeaders: string[],
): Outcome<Authorization> {
  const [accessKeyId = "", date = "", region = "", service = "", terminator = "", ...more] =
    credential.split("/");
  if (terminator === "" || more.length > 0) {
    return incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    );
  }
  if (!/^[0-9a-f]{64}$/.test(signature)) return incomplete("Signature must be 64 hexadecimal digits.");
  const ordered = signedHeaders.every(
    (name, i) => headerName.test(name) && (i === 0 || name > (signedHeaders[i - 1] ?? "")),
  );
  if (!ordered) return incomplete("SignedHeaders must be lower case, sorted and without repeats.");
  return { ok: true, value: { accessKeyId, date, region, service, terminator, signedHeaders, signature } };
}
