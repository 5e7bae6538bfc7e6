// A value from outside as it may stand in a log line: JSON-escaped, one line, of bounded length.
const maxQuotedChars = 120;

export const quoted = (value: unknown): string => {
  if (typeof value !== "string") return value === null ? "null" : typeof value;
  return value.length <= maxQuotedChars
    ? JSON.stringify(value)
    : `${JSON.stringify(value.slice(0, maxQuotedChars))}... (${value.length} characters)`;
};
