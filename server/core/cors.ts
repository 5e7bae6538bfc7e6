// CORS of the gateway's own making (Fetch standard, "CORS protocol"): preflights are answered here, without a token
// and without the function, and every answer to a trusted origin says so. Which route's CORS counts is cors-fields.ts.

export interface Cors {
  /** Exact origins, or the single `*`. */
  readonly origins: readonly string[];
  readonly credentials: boolean;
  readonly maxAgeSeconds: number;
}

export interface PreflightRequest {
  readonly origin: string;
  readonly requestMethod: string;
  /** `Access-Control-Request-Headers` as sent. */
  readonly requestHeaders?: string;
}

// A token, and a list of them (RFC 9110 5.6.2); anything else is not echoed.
const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const fieldNames = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:\s*,\s*[!#$%&'*+\-.^_`|~0-9A-Za-z]+)*$/;
const maxEchoedLength = 4096;

/** Header fields of any answer but a preflight's; `exposed` lists the names that a trusted page may read. */
export function corsHeaders(
  cors: Cors,
  origin: string | undefined,
  exposed: () => string,
): Readonly<Record<string, string>> {
  const allowed = allowedOrigin(cors, origin);
  // A cache may serve this answer to a trusted origin, too: it must not.
  if (allowed === undefined) return variesByOrigin;
  const headers: Record<string, string> = {
    vary: "Origin",
    "access-control-allow-origin": allowed,
    "access-control-expose-headers": exposed(),
  };
  if (cors.credentials) headers["access-control-allow-credentials"] = "true";
  return headers;
}

const variesByOrigin = { vary: "Origin" } as const;

/**
 * Header fields of a preflight's 204. An origin that is not trusted gets none, which is the browser's refusal.
 * Headers a caller asks for are allowed as asked: what a page may send is no secret, what it may read is.
 */
export function preflightHeaders(cors: Cors, request: PreflightRequest): Record<string, string> {
  const varies = { vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers" };
  const allowed = allowedOrigin(cors, request.origin);
  if (allowed === undefined || !fieldName.test(request.requestMethod)) return varies;
  const { requestHeaders = "" } = request;
  const areNames = requestHeaders.length <= maxEchoedLength && fieldNames.test(requestHeaders);
  return {
    ...varies,
    "access-control-allow-origin": allowed,
    ...(cors.credentials && { "access-control-allow-credentials": "true" }),
    "access-control-allow-methods": request.requestMethod,
    ...(areNames && { "access-control-allow-headers": requestHeaders }),
    "access-control-max-age": String(cors.maxAgeSeconds),
  };
}

/** The value of `Access-Control-Allow-Origin`; nothing for an origin that is not on the list, byte for byte. */
function allowedOrigin({ origins }: Cors, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  if (origins.includes(origin)) return origin;
  return origins.includes("*") ? "*" : undefined;
}
