// What may be shown of another's message: where a signature is wrong, AWS goes on to quote the whole request as it should
// have been signed, and a session token is in it.

/** Characters; a sentence of AWS's that names two ARNs has about 300. */
const maxLineLength = 500;

export const firstLine = (message: string): string =>
  message.replace(/[\r\n][^]*/, "").slice(0, maxLineLength);
