// Specs of several routes -> the one session that serves them all, where there is one: the same in everything but what
// it may do (core/joint-policy.ts). Whether its policy fits into a session is not looked at here.
import { jointPolicy } from "./joint-policy.js";
import type { SessionSpec } from "./model.js";
import { accept, refuse, type Result } from "./result.js";

export interface RouteSpec {
  /** The route's name. */
  readonly route: string;
  readonly spec: SessionSpec;
}

/** Refuses `sts_route_ambiguous`. One spec alone is given back as it is: its session is the grant door's too. */
export function jointSpec([first, ...others]: readonly [RouteSpec, ...RouteSpec[]]): Result<SessionSpec> {
  if (others.length === 0) return accept(first.spec);
  const unlike = others.find(({ spec }) => allButPolicy(spec) !== allButPolicy(first.spec));
  if (unlike) {
    const cause = `routes ${first.route} and ${unlike.route} give sessions that differ in more than their policies`;
    return refuse({ reason: "sts_route_ambiguous", cause });
  }
  const policy = jointPolicy([first, ...others].map(({ spec }) => spec.policy));
  if (policy.ok) return accept({ ...first.spec, policy: policy.value });
  const names = [first, ...others].map(({ route }) => route).join(", ");
  return refuse({ reason: "sts_route_ambiguous", cause: `of the routes ${names}: ${policy.denial}` });
}

const allButPolicy = (spec: SessionSpec): string => JSON.stringify({ ...spec, policy: "" });
