// What went wrong in CEL, as one sentence. Never throws, whatever was thrown.

/** The library's `message` draws the source line with a marker below; its `summary` is the sentence alone. */
export function celSentence(error: unknown): string {
  if (!(error instanceof Error)) return "fails without a reason";
  return "summary" in error ? String(error.summary) : error.message;
}
