// What a call of a custom authorizer brings that no log may show, and a text without it. Error messages and printed
// events like to quote what they were called with, cut where their own limit was.
import type { AuthorizerCall } from "./authorizer-call.js";
import { headerEntries } from "./raw-headers.js";

const secretFields = new Set(["authorization", "cookie", "dpop", "proxy-authorization"]);

/** The identity, the fields that are secrets whatever the authorizer reads, and the parts of both; longest first. */
export function secretsOf({ headers }: AuthorizerCall, identity: readonly string[]): readonly string[] {
  const fields = headerEntries(headers).flatMap(([name, value]) =>
    secretFields.has(name.toLowerCase()) ? [value] : [],
  );
  const words = [...identity, ...fields].flatMap((value) => value.split(/[\s,;="]+/));
  // A token's own parts count too; where it stands whole, it is taken out whole.
  const parts = words.flatMap((word) => word.split(/[.:]/));
  const others = longestFirst([...fields, ...words, ...parts]).slice(0, maxOthers);
  return longestFirst([...identity, ...others].flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]));
}

const longestFirst = (texts: readonly string[]): string[] =>
  [...new Set(texts)].filter(({ length }) => length >= minLength).toSorted((a, b) => b.length - a.length);

/** Each is looked for in every line, and a caller may write thousands into one header. */
const maxOthers = 50;
/** Shorter ones are words like any other. */
const minLength = 4;
/** Of a longer one so much is enough to tell it by: the text may have been cut within it. */
const tellingLength = 8;

export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce(withoutSecret, text);

function withoutSecret(text: string, secret: string): string {
  const beginning = secret.slice(0, tellingLength);
  const pieces: string[] = [];
  let from = 0;
  for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, from)) {
    pieces.push(text.slice(from, at));
    from = at + sharedLength(text, at, secret);
  }
  return [...pieces, text.slice(from)].join("...");
}

function sharedLength(text: string, at: number, secret: string): number {
  let length = 0;
  while (length < secret.length && text[at + length] === secret[length]) length += 1;
  return length;
}
