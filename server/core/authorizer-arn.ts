// The ARNs of a call as API Gateway would name them, for authorizers that make policies of them.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
// Behind an API's stage they are that stage's own. Other targets stand in an API named `grantway`, stage `$default`, in
// the region and the account of their function.
import type { RouteMatch, Target } from "./model.js";
import { otherReadings } from "./path-readings.js";
import { splitTarget, type RequestTarget } from "./request-target.js";
import { anyMethods } from "./route-key.js";

export interface Stage {
  /** `arn:aws:execute-api:eu-west-1:123456789012:grantway/$default` */
  readonly arn: string;
  readonly accountId: string;
  readonly apiId: string;
  readonly name: string;
}

export interface MethodArns {
  /** `methodArn` or `routeArn`. A `*`, `?` or `$` in the caller's path is encoded: no policy made of it says more. */
  readonly named: string;
  /** The call itself, percent-decoded. */
  readonly asked: string;
  /** Other ways in which the function may read the path: what denies one of them denies the call. */
  readonly readings: readonly string[];
  /** What granted credentials open: everything on the route. Present at the grant door. */
  readonly granted?: readonly string[];
}

export function stageOf(target: Target): Stage {
  const arn = target.kind === "executeApi" ? target.stageArn : stageOfFunction(target.functionArn);
  const [apiId, name] = [partOf(arn, ":", 5), partOf(arn, "/", 1)];
  return { arn, accountId: partOf(arn, ":", 4), apiId: partOf(apiId, "/", 0), name };
}

function stageOfFunction(functionArn: string): string {
  const part = (at: number): string => partOf(functionArn, ":", at);
  return `arn:${part(1)}:execute-api:${part(3)}:${part(4)}:grantway/$default`;
}

const partOf = (text: string, separator: string, at: number): string =>
  text
    .split(separator)
    .slice(at, at + 1)
    .join("");

export function methodArns({ route, door }: RouteMatch, method: string, target: RequestTarget): MethodArns {
  const stage = stageOf(route.target).arn;
  const path = target.segments.join("/");
  const ofPath = (each: string): string => `${stage}/${method}/${each}`;
  const encoded = splitTarget(target).path.slice(1);
  const slashed = encoded.endsWith("/") ? [`${path}/`] : [];
  const others = otherReadings(target).map((reading) => reading.path);
  return {
    named: ofPath(path.replace(/[*?$]/g, encodedCharacter)),
    asked: ofPath(path),
    readings: [...new Set([path, encoded, ...slashed, ...others])].map(ofPath),
    ...(door === "grant" && { granted: everythingOn(stage, route) }),
  };
}

const encodedCharacter = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/**
 * One example for each method and for two lengths of what parameters stand for: characters that no policy spells, so
 * that only a pattern which takes any text there takes both.
 */
function everythingOn(stage: string, { method, segments }: RouteMatch["route"]): string[] {
  const methods = method === "ANY" ? anyMethods : [method];
  return methods.flatMap((each) =>
    ["\0", "\0\0\0"].map((any) => {
      const path = segments?.map((segment) => (segment.kind === "literal" ? segment.text : any)).join("/");
      return `${stage}/${each}/${path ?? any}`;
    }),
  );
}
