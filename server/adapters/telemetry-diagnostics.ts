// What OpenTelemetry's SDK tells nobody but a logger of its API's, of which a process has one: values that it does not
// understand, while it is made, and later what it lost though no export failed. All else that it says is passed over, since that
// quotes answers, exceptions and what is sent.
import { diag, DiagLogLevel } from "@opentelemetry/api";
import { quoted } from "../core/quoted.js";
import type { Loss } from "./telemetry-losses.js";

export interface Diagnostics {
  /** What it says from now on is of losses. */
  made(): void;
  ended(): void;
}

interface Listeners {
  readonly onDoubt: (text: string) => void;
  readonly onLost: (loss: Loss) => void;
}

/** Whose words the API's logger passes on: another gateway of this process may have come after. */
let heard: object | undefined;

export function listenToSdk({ onDoubt, onLost }: Listeners): Diagnostics {
  const told = new Set<string>();
  // Both exporters read the variables of both signals: what the second says too is told once.
  const doubt = (text: string): void => {
    if (!told.has(text)) onDoubt(text);
    told.add(text);
  };
  let isMade = false;
  let isDropping = false;

  function heed(text: string, detail: unknown): void {
    const [, spans] = /^Dropped (\d+) spans/.exec(text) ?? [];
    if (spans !== undefined) {
      isDropping = false;
      onLost({ cause: queueFull, droppedSpans: Number(spans) });
    }
    const rejection = text.startsWith("Received Partial Success") ? rejectionIn(detail) : undefined;
    if (rejection !== undefined) onLost({ cause: rejection });
    const [, ms] = /metrics export timed out after (\d+)ms/.exec(text) ?? [];
    if (ms !== undefined)
      onLost({ cause: `the collector took longer than OTEL_METRIC_EXPORT_TIMEOUT: ${ms} ms` });
    // Of a page of HTML, say, which comes with a 200 too. A part of the SDK has its name before its words.
    if (String(detail).startsWith("Export succeeded but could not deserialize"))
      doubt("what answers at the endpoint is not understood: it may be no collector of OTLP's");
  }
  const said = (text: string, detail: unknown): void => (isMade ? heed(text, detail) : doubt(text));
  function debug(text: string): void {
    // It is no more than a debug message to it that all OTEL_RESOURCE_ATTRIBUTES are dropped for a fault in one.
    if (!isMade && text.startsWith("EnvDetector failed")) doubt(text);
    if (text.startsWith("maxQueueSize reached")) isDropping = true;
  }
  const silent = (): void => undefined;
  const logger = { error: said, warn: said, info: silent, debug, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  heard = logger;

  return {
    made: () => {
      isMade = true;
    },
    ended() {
      // How many it says with the next span that it has room for, and there is none.
      if (isDropping) onLost({ cause: queueFull });
      isDropping = false;
      if (heard !== logger) return;
      diag.disable();
      heard = undefined;
    },
  };
}

const queueFull = "the queue of spans was full (OTEL_BSP_MAX_QUEUE_SIZE)";

/** Undefined where a collector that took all has something to say. */
function rejectionIn(detail: unknown): string | undefined {
  const { rejectedSpans, rejectedDataPoints, errorMessage } = JSON.parse(String(detail)) as Partial<
    Record<string, unknown>
  >;
  const rejected = Number(rejectedSpans ?? rejectedDataPoints ?? 0);
  if (!(rejected > 0)) return undefined;
  const what = rejectedSpans === undefined ? "data points" : "spans";
  const why = typeof errorMessage === "string" && errorMessage !== "" ? `: ${quoted(errorMessage)}` : "";
  return `the collector rejected ${rejected} ${what}${why}`;
}
