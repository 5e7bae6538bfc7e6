// The headers of a request against its SignedHeaders list: what must be signed is, what is signed is there, once.
import { headerEntries } from "../../../../server/core/raw-headers.js";
import type { SignedRequest } from "../model.js";

/** Lower-case name -> every value received, in order. */
export type Headers = ReadonlyMap<string, readonly string[]>;

export function readHeaders({ rawHeaders }: SignedRequest): Headers {
  const headers = new Map<string, string[]>();
  for (const [field, value] of headerEntries(rawHeaders)) {
    const name = field.toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), value]);
  }
  return headers;
}

/** The reason why these headers cannot be verified, if there is one. */
export function findHeaderFault(headers: Headers, signedHeaders: readonly string[]): string | undefined {
  for (const [name, values] of headers) {
    const mustBeSigned = name === "host" || name.startsWith("x-amz-");
    if (mustBeSigned && !signedHeaders.includes(name)) return `header ${name} must be signed`;
    if (mustBeSigned && values.length > 1) return `header ${name} came more than once`;
  }
  if (!signedHeaders.includes("host")) return "header host must be signed";
  return signedHeaders.map((name) => findSignedHeaderFault(name, headers.get(name))).find(Boolean);
}

function findSignedHeaderFault(name: string, values: readonly string[] | undefined): string | undefined {
  if (values === undefined) return `signed header ${name} is missing`;
  // The second signer sets these itself.
  if (name === "authorization" || name === "date") return `header ${name} cannot be signed`;
  // How AWS reads other bytes, and spaces in quotes, is not known for sure.
  if (!values.every((value) => /^[\x20-\x7e]*$/.test(value)))
    return `signed header ${name} is not plain ASCII`;
  if (values.some((value) => value.includes('"') && value.includes("  "))) {
    return `signed header ${name} has a quote and a run of spaces`;
  }
  return undefined;
}

/** Null-prototype; values of a repeated header are joined with a comma. */
export function pickHeaders(headers: Headers, names: readonly string[]): Record<string, string> {
  const picked = Object.create(null) as Record<string, string>;
  for (const name of names) picked[name] = (headers.get(name) ?? []).map((value) => value.trim()).join(",");
  return picked;
}
