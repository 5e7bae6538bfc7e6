// The real things behind a release: AWS SDK clients, gateways, the clock, Ctrl-C. Loaded when a command needs them, so
// that `grantway serve` does not wait for two more clients of the SDK.
import { setTimeout as pause } from "node:timers/promises";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { printableDeep } from "../core/printable.js";
import { cloudWatchNumbers } from "../release/cloudwatch-numbers.js";
import type { Ending, ReleaseEvent } from "../release/events.js";
import { gatewayAt } from "../release/gateway-counts.js";
import { lambdaAlias } from "../release/lambda-alias.js";
import type { ReleasePorts } from "../release/ports.js";
import { eventLine } from "../release/text.js";
import { type Console, exitStatus } from "./console.js";
import { errorStyleFor, styleFor } from "./style.js";

export interface ReleaseTarget {
  readonly name: string;
  /** The name or the whole ARN, unqualified. */
  readonly functionName: string;
  readonly alias: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly gateways: readonly { readonly url: string; readonly route: string }[];
}

export interface OpenPorts extends ReleasePorts {
  close(): void;
}

/** PublishVersion copies code, which takes a few seconds. */
const REQUEST_TIMEOUT_MS = 20_000;

export function openPorts(
  target: ReleaseTarget,
  console: Console,
  isJson: boolean,
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
): OpenPorts {
  const { functionName, name, alias, region, endpoint } = target;
  const place = {
    region,
    maxAttempts: 3,
    // The SDK itself waits for ever, and a release that waits watches nothing.
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
    ...(endpoint !== undefined && { endpoint }),
  };
  const [lambda, cloudWatch] = [new LambdaClient(place), new CloudWatchClient(place)];
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  // Once: pressed again, it ends the process as it would without this.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
  return {
    alias: lambdaAlias(lambda, { functionName, alias }),
    numbers: cloudWatchNumbers(cloudWatch, { functionName: name, alias }),
    gateways: target.gateways.map(({ url, route }) => gatewayAt(url, route)),
    clock: console.clock,
    sleep: (milliseconds) => pause(milliseconds, undefined, { signal: stop.signal }).catch(() => undefined),
    isStopped: () => stop.signal.aborted,
    tell: teller(console, isJson),
    close: () => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeListener(signal, onSignal);
      lambda.destroy();
      cloudWatch.destroy();
    },
  };
}

/** What was not done and why; for people it goes to standard error, as JSON it is an event like the others. */
const FAULTS: ReadonlySet<ReleaseEvent["event"]> = new Set(["refused", "conflict", "failed"]);

function teller(console: Console, isJson: boolean): (event: ReleaseEvent) => void {
  const [style, errorStyle] = [styleFor(console), errorStyleFor(console)];
  return (event) => {
    if (isJson) console.print(`${JSON.stringify(printableDeep(event))}\n`);
    else if (FAULTS.has(event.event)) console.printError(`grantway: ${eventLine(event, errorStyle)}\n`);
    else console.print(`${eventLine(event, style)}\n`);
  };
}

/** 130 is what a shell says of Ctrl-C. */
export const statusOf: Readonly<Record<Ending, number>> = {
  done: exitStatus.ok,
  no: exitStatus.no,
  failed: exitStatus.unavailable,
  stopped: 130,
};
