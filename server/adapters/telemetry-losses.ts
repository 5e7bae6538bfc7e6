// What did not reach the collector -> a count, and a line of the log now and then, which has all since the one before.
import type { Log } from "./log.js";
import { withoutHeaderValues } from "./telemetry-secrets.js";
import type { Environment } from "./telemetry-variables.js";

/** An export that failed, or spans and points that were lost though none did. */
export interface Loss {
  readonly cause: string;
  /** Where the queue was full. */
  readonly droppedSpans?: number;
}

export interface Losses {
  readonly add: (loss: Loss) => void;
  /** Since the start. */
  readonly count: () => number;
  /** Tells what no line has yet. */
  readonly close: () => void;
}

export function createLosses({
  environment,
  log,
  quietMs,
}: {
  readonly environment: Environment;
  readonly log: Log;
  /** Between two lines. */
  readonly quietMs: number;
}): Losses {
  const withoutSecrets = withoutHeaderValues(environment);
  let quiet: NodeJS.Timeout | undefined;
  let count = 0;
  let latest: string | undefined;
  let failures = 0;
  let droppedSpans = 0;
  const tell = (): void => {
    quiet = undefined;
    if (latest === undefined) return;
    const cause = withoutSecrets(latest);
    log.warn({ cause, failures, ...(droppedSpans > 0 && { droppedSpans }) }, "telemetry could not be sent");
    latest = undefined;
    failures = droppedSpans = 0;
    quiet = setTimeout(tell, quietMs).unref();
  };
  return {
    add(loss) {
      count += 1;
      failures += 1;
      droppedSpans += loss.droppedSpans ?? 0;
      latest = loss.cause;
      if (quiet === undefined) tell();
    },
    count: () => count,
    close() {
      clearTimeout(quiet);
      tell();
      clearTimeout(quiet);
    },
  };
}

/**
 * Of an answer, its code and what stands beside that, which may be nothing. Of a connection tried at several addresses Node has
 * a message for each and none for all.
 */
export function causeOf(error: Error | undefined): string {
  if (error === undefined) return "no reason given";
  const messages = error instanceof AggregateError ? (error.errors as unknown[]).map(messageOf) : [];
  const text = error.message.trim() || messages.join("; ");
  const { code } = error as { readonly code?: string | number };
  const parts = code === undefined || text.includes(String(code)) ? [text] : [code, text];
  return parts.join(" ").trim() || error.name;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
