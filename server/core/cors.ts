// CORS of the gateway's own making (Fetch standard, "CORS protocol"): preflights are answered here, without a token
// and without the function, and every answer to a trusted origin says so.

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

/** Header fields of any answer but a preflight's; `exposed` are the names the page may read. */
export function corsHeaders(
  cors: Cors,
  origin: string | undefined,
  exposed: readonly string[],
): Record<string, string> {
  const varies = { vary: "Origin" };
  if (origin === undefined || !allows(cors, origin)) return varies;
  return { ...varies, ...allowOrigin(cors, origin), "access-control-expose-headers": exposed.join(", ") };
}

/**
 * Header fields of a preflight's 204. An origin that is not trusted gets none, which is the browser's refusal.
 * Headers a caller asks for are allowed as asked: what a page may send is no secret, what it may read is.
 */
export function preflightHeaders(cors: Cors, request: PreflightRequest): Record<string, string> {
  const varies = { vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers" };
  const isMethod = fieldName.test(request.requestMethod);
  if (!isMethod || !allows(cors, request.origin)) return varies;
  const { requestHeaders = "" } = request;
  const areNames = requestHeaders.length <= maxEchoedLength && fieldNames.test(requestHeaders);
  return {
    ...varies,
    ...allowOrigin(cors, request.origin),
    "access-control-allow-methods": request.requestMethod,
    ...(areNames && { "access-control-allow-headers": requestHeaders }),
    "access-control-max-age": String(cors.maxAgeSeconds),
  };
}

const allows = (cors: Cors, origin: string): boolean =>
  cors.origins.includes("*") || cors.origins.includes(origin);

const allowOrigin = (cors: Cors, origin: string): Record<string, string> => ({
  "access-control-allow-origin": cors.origins.includes("*") ? "*" : origin,
  ...(cors.credentials && { "access-control-allow-credentials": "true" }),
});
