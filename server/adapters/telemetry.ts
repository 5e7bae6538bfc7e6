// OpenTelemetry from the gateway's start to its end: loaded only where the variables ask for it (telemetry-variables.ts), and
// never what keeps the gateway from serving, or from ending.
import type { Tracing } from "../tracing.js";
import type { Log } from "./log.js";
import type { Metrics } from "./metrics.js";
import { telemetryDoubts } from "./telemetry-doubts.js";
import { wantedSignals, type Environment, type Signals } from "./telemetry-variables.js";

export interface Telemetry {
  readonly tracing: Tracing | undefined;
  /** The same metrics, counted for the collector too. */
  metrics(metrics: Metrics): Metrics;
  /** Since the start. */
  failedExports(): number;
  /** Sends what is left. Waits no longer than `flushMs`, and never rejects. */
  close(): Promise<void>;
}

export interface TelemetryPlan extends Signals {
  /** Of STS. */
  readonly region: string;
  readonly onExportFailed: (cause: string) => void;
  /** What the SDK says of a variable that it does not understand, and takes its default for. */
  readonly onDoubt: (cause: string) => void;
}

/** How long the end of the process waits for a collector. */
export const flushMs = 3_000;
const quietMs = 60_000;

export async function startTelemetry(
  environment: Environment,
  { log, region, clock }: { readonly log: Log; readonly region: string; readonly clock: () => number },
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
  let quietUntil = -Infinity;
  let failedExports = 0;
  const onExportFailed = (cause: string): void => {
    failedExports += 1;
    if (clock() < quietUntil) return;
    quietUntil = clock() + quietMs;
    log.warn({ cause }, "telemetry could not be sent");
  };
  const telemetry = openTelemetry({ ...wanted.value, region, onExportFailed, onDoubt });
  log.info({ traces, metrics }, "telemetry is on");
  return { ...telemetry, failedExports: () => failedExports, close: () => inTime(telemetry.close()) };
}

function inTime(closed: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, flushMs);
    void closed.finally(() => {
      clearTimeout(limit);
      resolve();
    });
  });
}
