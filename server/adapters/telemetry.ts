// OpenTelemetry from the gateway's start to its end: loaded only where the variables ask for it (telemetry-variables.ts), and
// never what keeps the gateway from serving, or from ending.
import type { Tracing } from "../tracing.js";
import type { Log } from "./log.js";
import type { Metrics } from "./metrics.js";
import { telemetryDoubts } from "./telemetry-doubts.js";
import { createLosses, type Loss } from "./telemetry-losses.js";
import { wantedSignals, type Environment, type Signals } from "./telemetry-variables.js";

export interface Telemetry {
  readonly tracing: Tracing | undefined;
  /** The same metrics, counted for the collector too. */
  metrics(metrics: Metrics): Metrics;
  /** Since the start; what a full queue or a collector that took only a part lost is one each time. */
  failedExports(): number;
  /** Sends what is left. Waits no longer than `flushMs`, and never rejects. */
  close(): Promise<void>;
}

export interface TelemetryPlan extends Signals {
  /** Of STS. */
  readonly region: string;
  /** Of the gateway. */
  readonly version: string;
  readonly onLost: (loss: Loss) => void;
  /** What the SDK says of a variable that it does not understand, and takes its default for. */
  readonly onDoubt: (cause: string) => void;
}

/** How long the end of the process waits for a collector. */
export const flushMs = 3_000;
/** Between two lines of what could not be sent. */
const quietMs = 60_000;

export async function startTelemetry(
  environment: Environment,
  { log, ...surroundings }: Pick<TelemetryPlan, "region" | "version"> & { readonly log: Log },
): Promise<Telemetry | undefined> {
  const onDoubt = (cause: string): void => log.warn({ cause }, "telemetry is not as asked for");
  // Told even where nothing is on: a misspelt endpoint is why.
  telemetryDoubts(environment).forEach(onDoubt);
  const wanted = wantedSignals(environment);
  if (!wanted.ok) {
    log.warn({ cause: wanted.denial.join("; ") }, "telemetry is off");
    return undefined;
  }
  const { traces, metrics } = wanted.value;
  if (!traces && !metrics) return undefined;
  const { openTelemetry } = await import("./telemetry-otlp.js");
  const losses = createLosses({ environment, log, quietMs });
  const opened = openTelemetry({ ...wanted.value, ...surroundings, onDoubt, onLost: losses.add });
  log.info({ traces, metrics }, "telemetry is on");
  return {
    tracing: opened.tracing,
    metrics: opened.metrics,
    failedExports: losses.count,
    async close() {
      if (!(await isInTime(opened.flush())))
        losses.add({ cause: `the collector took longer than ${flushMs} ms at the end` });
      opened.ended();
      losses.close();
    },
  };
}

function isInTime(flushed: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(false), flushMs);
    void flushed.finally(() => {
      clearTimeout(limit);
      resolve(true);
    });
  });
}
