// What the log quotes that is not the gateway's own: exceptions, and fields in the words of a function, of AWS or of an issuer.
// They quote what they choked on, so what looks like a token is taken out of them. No other secret has a shape to go by.
import { pino } from "pino";

function loggedError(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutTokens(String(error)) };
  // Other properties, which some libraries fill with whole requests, are left out.
  const { type, message, stack } = pino.stdSerializers.err(error);
  return { type, message: withoutTokens(message), stack: withoutTokens(stack) };
}

/** A JOSE header begins with `{"`, STS's session tokens as here; of an opaque token only its scheme tells. */
const tokens =
  /eyJ[\w-]{6,}(?:\.[\w-]*)*|(?:IQoJb3JpZ2luX2Vj|FwoGZXIvYXdz)[\w+/=-]*|(?<=\b(?:Bearer|DPoP) )[\w.~+/=-]{8,}/gi;

const withoutTokens = (text: string): string => text.replace(tokens, "(a token)");

const quotedText = (value: unknown): unknown => (typeof value === "string" ? withoutTokens(value) : value);

/** By the name of the field, whatever line it stands in. `line` is what an authorizer's module printed. */
export const serializers = {
  err: loggedError,
  cause: quotedText,
  functionError: quotedText,
  logTail: quotedText,
  line: quotedText,
};
