// A request as a custom authorizer may see it: no body, and nothing that a client could say in the gateway's name. The
// identity sources and both forms of event read from here, so they can never differ.
import { methodArns, type MethodArns } from "./authorizer-arn.js";
import type { Client } from "./forwarded-headers.js";
import type { RouteMatch } from "./model.js";
import { headerEntries, type RawHeaders } from "./raw-headers.js";
import { decodedPairs, splitTarget, type RequestTarget } from "./request-target.js";

export interface AuthorizerCall {
  readonly match: RouteMatch;
  /** API Gateway's route key; at the grant door that of the door itself. */
  readonly routeKey: string;
  readonly requestId: string;
  readonly method: string;
  /** As it is sent on. */
  readonly path: string;
  /** Percent-decoded. */
  readonly decodedPath: string;
  readonly rawQuery: string;
  /** Decoded, in order. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: RawHeaders;
  readonly client: Client;
  readonly arns: MethodArns;
}

export interface AskedRequest {
  readonly requestId: string;
  readonly method: string;
  readonly headers: RawHeaders;
  readonly client: Client;
}

export function authorizerCall(
  request: AskedRequest,
  match: RouteMatch,
  target: RequestTarget,
): AuthorizerCall {
  const { requestId, method, client } = request;
  const { path, query } = splitTarget(target);
  return {
    match,
    routeKey: match.door === "grant" ? `${method} /${target.segments.join("/")}` : match.route.key,
    requestId,
    method,
    path,
    decodedPath: `/${target.segments.join("/")}`,
    rawQuery: query,
    query: decodedPairs(query),
    headers: [...ownFields(request.headers), ...clientFields(client)],
    client,
    arns: methodArns(match, method, target),
  };
}

// Authorizers believe these, since API Gateway writes them itself.
const ofAProxy = /^(?:x[-_]forwarded[-_].*|forwarded|x[-_]amzn[-_]trace[-_]id)$/i;

const ownFields = (headers: RawHeaders): string[] =>
  headerEntries(headers)
    .filter(([name]) => !ofAProxy.test(name))
    .flat();

const clientFields = ({ address, protocol }: Client): string[] => [
  ...["X-Forwarded-For", address],
  ...["X-Forwarded-Proto", protocol],
];

/** Values by name: `fold` says how a name is spelled. The map is plain JSON, and has no prototype to be reached. */
export function valuesByName(
  pairs: readonly (readonly [name: string, value: string])[],
  fold: (name: string) => string,
): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const folded = fold(name);
    const known = values.get(folded);
    // In place: a query may repeat one name some ten thousand times.
    if (known) known.push(value);
    else values.set(folded, [value]);
  }
  return values;
}
