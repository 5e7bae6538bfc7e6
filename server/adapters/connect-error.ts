// What undici's and Node's errors say of a connection: whether it was refused, and the cause for the log.

interface ConnectError {
  readonly code?: unknown;
  readonly message?: unknown;
  /** Of the AggregateError that trying IPv6 and IPv4 (RFC 8305) ends with; it has no text of its own. */
  readonly errors?: unknown;
}

/** Nobody listens there: not a byte has left. */
export const isRefused = (error: ConnectError): boolean =>
  error.code === "ECONNREFUSED" || attemptsOf(error).some(({ code }) => code === "ECONNREFUSED");

/** The codes say it best: ECONNREFUSED, UND_ERR_SOCKET, CERT_HAS_EXPIRED... */
export function causeOf(error: ConnectError | undefined): string {
  if (!error) return "no connection";
  const text =
    String(error.message) ||
    attemptsOf(error)
      .map(({ message }) => message)
      .join(", ");
  return typeof error.code === "string" ? `${error.code}: ${text}` : text;
}

const attemptsOf = ({ errors }: ConnectError): ConnectError[] =>
  Array.isArray(errors) ? (errors as ConnectError[]) : [];
