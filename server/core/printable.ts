// Text from a token or a file as it may stand on a terminal: without control characters, which could repaint it, and
// without those that break a line or turn its direction, so that a reader sees what there is.

/** C0, DEL, C1, line separators and bidirectional controls as `\u001b`. */
export const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escapeCharacter);

/** The same in every text of a value. */
export function printableDeep<T>(value: T): T;
export function printableDeep(value: unknown): unknown {
  if (typeof value === "string") return printable(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each: unknown) => printableDeep(each));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [printable(key), printableDeep(member as unknown)]),
  );
}

/** For standard output. JSON itself escapes only the first of these characters. */
export const toJson = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escapeCharacter)}\n`;

const escapeCharacter = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
