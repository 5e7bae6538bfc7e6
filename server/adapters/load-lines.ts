// A line of the log every quarter of a minute that says how many calls are in flight, for whoever counts by the log: the
// metric filter that deploy/aws/ecs.yaml scales by. Elsewhere /metrics says the same.
import { afterUnreferenced, type After } from "./after.js";
import type { Log } from "./log.js";

export interface LoadLinesParts {
  readonly callsInFlight: ReadonlySet<object>;
  readonly log: Pick<Log, "info">;
  readonly after?: After;
}

/** CloudWatch's finest minute has four of them: one alone would often fall between short calls. */
const everyMs = 15_000;

export function createLoadLines({ callsInFlight, log, after = afterUnreferenced }: LoadLinesParts) {
  const onTime = (): void => {
    log.info({ callsInFlight: callsInFlight.size }, "load");
    callOff = after(everyMs, onTime);
  };
  let callOff = after(everyMs, onTime);
  return { close: () => callOff() };
}
