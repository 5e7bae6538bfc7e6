// Metrics of what the gateway is, rather than of what it did: read from its parts whenever Prometheus asks. What alerts need
// of it is in deploy/prometheus/alerts.yaml. Labels come from the configuration or from lists here, never from a caller.
import { Counter, Gauge, type Registry, type RegistryContentType } from "prom-client";
import type { ReadinessChecks } from "../core/readiness.js";
import type { HeldKeys } from "./signing-keys.js";

export interface GatewayState {
  readonly version: string;
  /** Beyond it the process is killed. */
  readonly memoryLimitBytes: number;
  readonly checks: () => ReadinessChecks;
  readonly heldKeys: () => readonly HeldKeys[];
  /** Lines that nobody read in time, since the start. */
  readonly droppedLogLines: () => number;
  /** Exports over OTLP that failed, since the start. */
  readonly failedExports: () => number;
  /** Absent: this is no ECS task. */
  readonly isTaskProtected?: (() => boolean) | undefined;
}

type Registers = Registry<RegistryContentType>[];

export function createStateMetrics(registers: Registers, state: GatewayState): void {
  new Gauge({
    name: "grantway_build_info",
    help: "1, with the version that runs.",
    labelNames: ["version"] as const,
    registers,
  }).set({ version: state.version }, 1);
  new Gauge({
    name: "grantway_memory_limit_bytes",
    help: "Memory that the process may take: its container's limit, else the machine's memory.",
    registers,
  }).set(state.memoryLimitBytes);
  new Gauge({
    name: "grantway_ready",
    help: "Whether a check of /readyz holds: 1, or 0 where it keeps the gateway out of traffic.",
    labelNames: ["check"] as const,
    registers,
    collect() {
      for (const [check, holds] of Object.entries(state.checks())) this.set({ check }, holds ? 1 : 0);
    },
  });
  createKeyGauges(registers, state);
  countedElsewhere(registers, {
    name: "grantway_log_lines_dropped_total",
    help: "Lines of the log that were dropped, since nobody read them.",
    count: state.droppedLogLines,
  });
  countedElsewhere(registers, {
    name: "grantway_telemetry_export_failures_total",
    help: "Exports over OTLP that failed or were taken in part, and times that the queue of spans was full.",
    count: state.failedExports,
  });
  const { isTaskProtected } = state;
  if (isTaskProtected === undefined) return;
  new Gauge({
    name: "grantway_task_protected",
    help: "1 while ECS may not end this task, for a long call in flight.",
    registers,
    collect() {
      this.set(isTaskProtected() ? 1 : 0);
    },
  });
}

function createKeyGauges(registers: Registers, state: GatewayState): void {
  new Gauge({
    name: "grantway_signing_keys",
    help: "Signing keys of an issuer that serve; 0: its callers are refused.",
    labelNames: ["issuer"] as const,
    registers,
    collect() {
      for (const { issuer, keys } of state.heldKeys()) this.set({ issuer }, keys);
    },
  });
  new Gauge({
    name: "grantway_signing_keys_fetched_timestamp_seconds",
    help: "When the issuer's keys that are held were fetched. Calls and /readyz have them fetched again.",
    labelNames: ["issuer"] as const,
    registers,
    collect() {
      this.reset();
      for (const { issuer, fetchedAt } of state.heldKeys())
        if (fetchedAt !== undefined) this.set({ issuer }, fetchedAt / 1000);
    },
  });
}

/** prom-client's counters only go up by steps: this one is told anew each time. */
function countedElsewhere(
  registers: Registers,
  { name, help, count }: { readonly name: string; readonly help: string; readonly count: () => number },
): void {
  new Counter({
    name,
    help,
    registers,
    collect() {
      this.reset();
      this.inc(count());
    },
  });
}
