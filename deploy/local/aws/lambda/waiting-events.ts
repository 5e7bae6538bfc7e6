// Calls of type Event: taken at once, run later, tried again, and what fails in the end goes to the dead-letter queue.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
// In memory: what waits when the twin ends is lost. Lambda may run an event twice; here that does not happen.
import type { Clock } from "../../../../server/ports.js";
import type { AsynchronousConfig, FunctionDefinition } from "../model.js";
import type { After, Cancel } from "../timer.js";
import type { Callee } from "./callee.js";
import type { LambdaLogEntry } from "./function-url.js";
import type { Invocation } from "./invocation.js";
import { callAsService, type ServiceAnswer } from "./service-call.js";

/** What a dead-letter queue is told of an event. */
export interface DeadLetter {
  readonly event: string;
  readonly requestId: string;
  readonly errorCode: number;
  readonly errorMessage: string;
}

export interface WaitingEventsSettings {
  readonly clock: Clock;
  readonly after: After;
  readonly log: (entry: LambdaLogEntry) => void;
  /** False when it was not taken. */
  readonly sendDeadLetter: (definition: FunctionDefinition, letter: DeadLetter) => boolean;
}

interface Waiting {
  readonly callee: Callee;
  readonly qualifier: string | undefined;
  readonly invocation: Omit<Invocation, "invoked">;
  readonly acceptedAt: number;
  errors: number;
  throttles: number;
}

type Failure = Exclude<ServiceAnswer, { kind: "payload" }>;

/** Lambda's own queue has no such limit; this is one process's memory. */
const HELD_BYTES_LIMIT = 268_435_456;
const DEFAULTS: AsynchronousConfig = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 };
const WAITS_AFTER_ERRORS_MS = [60_000, 120_000];
const LONGEST_WAIT_AFTER_THROTTLE_MS = 300_000;
/** Of the message's attribute; Lambda cuts it. */
const LONGEST_ERROR_MESSAGE = 1024;

export class WaitingEvents {
  readonly #settings: WaitingEventsSettings;
  readonly #timers = new Set<Cancel>();
  #heldBytes = 0;
  #closed = false;

  constructor(settings: WaitingEventsSettings) {
    this.#settings = settings;
  }

  /** False when no more can be held. */
  accept(callee: Callee, qualifier: string | undefined, invocation: Omit<Invocation, "invoked">): boolean {
    const bytes = Buffer.byteLength(invocation.event);
    if (this.#heldBytes + bytes > HELD_BYTES_LIMIT) return false;
    this.#heldBytes += bytes;
    const acceptedAt = this.#settings.clock();
    void this.#try({ callee, qualifier, invocation, acceptedAt, errors: 0, throttles: 0 });
    return true;
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
  }

  async #try(waiting: Waiting): Promise<void> {
    const { callee, qualifier, invocation } = waiting;
    const answer = await callAsService(callee, qualifier, invocation);
    if (this.#closed) return;
    if (answer.kind === "payload") {
      this.#forget(waiting);
      return;
    }
    const waitMs = answer.kind === "failed" ? afterError(waiting) : afterThrottle(waiting);
    const lastsUntil = waiting.acceptedAt + configOf(waiting).maximumEventAgeSeconds * 1000;
    if (waitMs === undefined || this.#settings.clock() + waitMs > lastsUntil) {
      this.#giveUp(waiting, answer);
      return;
    }
    this.#say(waiting, `${describe(answer)}; tried again in ${waitMs / 1000} s`);
    const cancel = this.#settings.after(waitMs, () => {
      this.#timers.delete(cancel);
      void this.#try(waiting);
    });
    this.#timers.add(cancel);
  }

  #giveUp(waiting: Waiting, failure: Failure): void {
    this.#forget(waiting);
    const { deadLetterArn } = waiting.callee.definition;
    if (deadLetterArn === undefined) {
      this.#say(waiting, `${describe(failure)}; the event is given up`);
      return;
    }
    const { event, requestId } = waiting.invocation;
    const taken = this.#settings.sendDeadLetter(waiting.callee.definition, {
      ...{ event, requestId },
      errorCode: failure.kind === "failed" ? 200 : failure.error.status,
      errorMessage: describe(failure).slice(0, LONGEST_ERROR_MESSAGE),
    });
    const where = deadLetterArn.split(":").at(-1) ?? "";
    const end = taken ? `the event goes to ${where}` : `the event is lost, ${where} did not take it`;
    this.#say(waiting, `${describe(failure)}; ${end}`);
  }

  #forget({ invocation }: Waiting): void {
    this.#heldBytes -= Buffer.byteLength(invocation.event);
  }

  #say({ callee, invocation }: Waiting, message: string): void {
    const { name: functionName } = callee.definition;
    this.#settings.log({ level: "error", functionName, requestId: invocation.requestId, message });
  }
}

const describe = (failure: Failure): string =>
  failure.kind === "failed"
    ? `${failure.error.errorType}: ${failure.error.errorMessage}`
    : (failure.error.reason ?? failure.error.message);

const configOf = ({ callee, qualifier }: Waiting): AsynchronousConfig => {
  const named = qualifier === "$LATEST" ? undefined : qualifier;
  return callee.definition.asynchronous?.find((config) => config.qualifier === named) ?? DEFAULTS;
};

const afterError = (waiting: Waiting): number | undefined => {
  waiting.errors += 1;
  const isLast = waiting.errors > configOf(waiting).maximumRetryAttempts;
  return isLast ? undefined : WAITS_AFTER_ERRORS_MS[waiting.errors - 1];
};

/** A function that is switched off is not waited for. */
const afterThrottle = (waiting: Waiting): number | undefined => {
  waiting.throttles += 1;
  if (waiting.callee.definition.reservedConcurrency === 0) return undefined;
  return Math.min(1000 * 2 ** (waiting.throttles - 1), LONGEST_WAIT_AFTER_THROTTLE_MS);
};
