// Prometheus metrics of the gateway (prom-client). Labels come from the configuration, never from a caller, so that
// nobody can grow them.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

export interface Metrics {
  callStarted(): void;
  callEnded(call: {
    readonly route: string;
    readonly door: string;
    readonly status: number;
    readonly verdict: string;
    readonly seconds: number;
  }): void;
  assumeRole(outcome: string): void;
  /** Text exposition format and its content type. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** From a cached answer to Lambda's 15 minutes. */
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 900];

export function createMetrics(sessionsHeld: () => number): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: "grantway_requests_total",
    help: "Requests answered, by route, door, status and how the answer ended.",
    labelNames: ["route", "door", "status", "verdict"] as const,
    registers,
  });
  const durations = new Histogram({
    name: "grantway_request_duration_seconds",
    help: "From the request's head to the end of its answer.",
    labelNames: ["route", "door", "status"] as const,
    buckets: secondsBuckets,
    registers,
  });
  const inFlight = new Gauge({
    name: "grantway_calls_in_flight",
    help: "Requests not yet answered to the end.",
    registers,
  });
  const assumeRoles = new Counter({
    name: "grantway_assume_role_total",
    help: "AssumeRole calls, by outcome: ok, or the reason of the refusal.",
    labelNames: ["outcome"] as const,
    registers,
  });
  new Gauge({
    name: "grantway_sessions_cached",
    help: "Role sessions held.",
    registers,
    collect() {
      this.set(sessionsHeld());
    },
  });

  return {
    callStarted: () => inFlight.inc(),
    callEnded: ({ route, door, status, verdict, seconds }) => {
      inFlight.dec();
      requests.inc({ route, door, status, verdict });
      durations.observe({ route, door, status }, seconds);
    },
    assumeRole: (outcome) => assumeRoles.inc({ outcome }),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}
