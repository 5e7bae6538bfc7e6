// An exception as the log has it: its kind, message and stack. Messages quote what they choked on, so what looks like a
// token is taken out of them; other properties, which some libraries fill with whole requests, are left out.
import { pino } from "pino";

export function loggedError(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { type: typeof error, message: withoutTokens(String(error)) };
  const { type, message, stack } = pino.stdSerializers.err(error);
  return { type, message: withoutTokens(message), stack: withoutTokens(stack) };
}

/** A JOSE header begins with `{"`, STS's session tokens as here; of an opaque token only its scheme tells. */
const tokens =
  /eyJ[\w-]{6,}(?:\.[\w-]*)*|(?:IQoJb3JpZ2luX2Vj|FwoGZXIvYXdz)[\w+/=-]*|(?<=\b(?:Bearer|DPoP) )[\w.~+/=-]{8,}/gi;

const withoutTokens = (text: string): string => text.replace(tokens, "(a token)");
