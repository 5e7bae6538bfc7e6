// Hosts that are this machine itself (RFC 6890 2.2.2, RFC 6761 6.3): the only ones plain http may go to.

/** `hostname` as `URL` gives it: lower case, IPv6 in brackets. */
export const isLoopbackHost = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
