// The series that alerts must see rise from nothing. To Prometheus a counter that first appears as 6 has never risen: so they
// are there as 0 from the start, with what they are a share of, or the first calls that fail would seem to be all there are.
// Only those of which a few are enough for an alert of deploy/prometheus/alerts.yaml, since of most there is one for each route
// (1,000 at most), at every scrape: a fault that has to last, as a function's 5xx has to, is seen to rise by itself.
import type { Verdict } from "../core/inbound.js";
import type { Door, Route } from "../core/model.js";

export type WatchedRoute = Pick<Route, "name" | "doors">;

/** How calls end that were sent, by status: well, and in each way that is broken. */
const ends: Readonly<Record<number, readonly Verdict[]>> = {
  200: ["complete", "truncated", "timed_out", "function_error"],
  502: ["truncated", "function_error"],
  504: ["timed_out"],
};

/** Without `drained`: the process ends before anybody could look. */
export const upstreamVerdicts: readonly Verdict[] = [
  "complete",
  "truncated",
  "function_error",
  "client_gone",
  "timed_out",
];

/** Of `grantway_requests_total`: the routes that calls are sent by. */
export const watchedEnds = (routes: readonly WatchedRoute[]) =>
  sentBy(routes).flatMap((route) =>
    Object.entries(ends).flatMap(([status, verdicts]) =>
      verdicts.map((verdict) => ({ route, door: "proxy" satisfies Door, status, verdict })),
    ),
  );

export const sentBy = (routes: readonly WatchedRoute[]): readonly string[] =>
  routes.filter(({ doors }) => doors.has("proxy")).map(({ name }) => name);

/** Of `grantway_assume_role_total`: a handful of refusals is enough, each of another caller. */
export const watchedOutcomes: readonly string[] = ["session_refused", "session_too_large"];

/** Of `grantway_refusals_total`. */
export const watchedReasons: readonly string[] = ["internal_error", "overloaded"];
