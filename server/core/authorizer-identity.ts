// The identity sources of a request, as API Gateway reads them: what is missing or empty is refused without a call.
// Stricter than API Gateway where a source stands twice: the authorizer and the function might take different ones.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
import type { AuthorizerCall } from "./authorizer-call.js";
import type { ChallengeScheme } from "./denial.js";
import type { Authorizer, IdentitySource } from "./model.js";
import { headerEntries } from "./raw-headers.js";
import { accept, refuse, type Result } from "./result.js";

/** One value for each source, in their order. Refuses `identity_missing` or `identity_malformed`. */
export function identityOf(
  authorizer: Authorizer,
  call: AuthorizerCall,
  maxBytes: number,
): Result<readonly string[]> {
  const identity: string[] = [];
  for (const source of authorizer.identitySources) {
    const [value = "", second] = valuesOf(source, call);
    const cause = (fault: string): string => `${source.from} ${source.name} ${fault}`;
    if (second !== undefined) return refuse({ reason: "identity_malformed", cause: cause("stands twice") });
    if (value === "") {
      const scheme = challengeSchemeOf(authorizer);
      return refuse({ reason: "identity_missing", cause: cause("is missing or empty"), scheme });
    }
    if (value.length > maxBytes)
      return refuse({ reason: "identity_malformed", cause: cause(`is longer than ${maxBytes} bytes`) });
    identity.push(value);
  }
  return accept(identity);
}

function valuesOf({ from, name }: IdentitySource, call: AuthorizerCall): readonly string[] {
  if (from === "context") return [contextValue(name, call)];
  const pairs = from === "header" ? headerEntries(call.headers) : call.query;
  const isNamed = (given: string): boolean => (from === "header" ? given.toLowerCase() : given) === name;
  return pairs.flatMap(([given, value]) => (isNamed(given) ? [value] : []));
}

function contextValue(name: string, { routeKey, method, client }: AuthorizerCall): string {
  if (name === "routeKey") return routeKey;
  return name === "httpMethod" ? method : client.address;
}

/**
 * RFC 9110 11.6.1: a challenge names the scheme to answer with. Nearly every authorizer that reads the Authorization
 * header reads a bearer token in it; one that reads another field has no scheme that is registered.
 */
export const challengeSchemeOf = ({ identitySources }: Authorizer): ChallengeScheme =>
  identitySources.some(({ from, name }) => from === "header" && name === "authorization")
    ? "Bearer"
    : "Custom";
