// What follows from a verified caller and a route alone is worked out once, and kept as long as the caller's Principal
// lives: a cached token then costs no CEL and no policy text. Where an expression of the route reads the path, each
// call is worked out anew.
import type { Expression } from "./cel.js";
import type { Principal, Route, RouteMatch } from "./model.js";

/** A caller keeps to few routes; one who goes round all of them must not fill the memory. */
const maxRoutes = 4;

interface Remembered<T> {
  readonly route: Route;
  readonly outcome: T;
}

/** `decide` may read nothing of the match but its route, and what `expressionsOf` that route read of the path. */
export function rememberPerCaller<T>(
  decide: (match: RouteMatch, principal: Principal) => T,
  expressionsOf: (route: Route) => readonly Expression[],
): (match: RouteMatch, principal: Principal) => T {
  const outcomes = new WeakMap<Principal, Remembered<T>[]>();
  const readers = new WeakMap<Route, boolean>();

  function readsPath(route: Route): boolean {
    const known = readers.get(route);
    if (known !== undefined) return known;
    // CEL has no other way to the path than the variable's name; a text that only looks like it costs some speed.
    const reads = expressionsOf(route).some(({ source }) => source.includes("route"));
    readers.set(route, reads);
    return reads;
  }

  return (match, principal) => {
    const { route } = match;
    if (readsPath(route)) return decide(match, principal);
    const held = outcomes.get(principal) ?? [];
    for (const remembered of held) if (remembered.route === route) return remembered.outcome;
    const outcome = decide(match, principal);
    outcomes.set(principal, [{ route, outcome }, ...held.slice(0, maxRoutes - 1)]);
    return outcome;
  };
}
