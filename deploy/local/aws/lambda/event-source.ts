// A queue that calls a function: receives batches, runs the function, and deletes what it has done. Everything else
// comes back when its visibility timeout is over. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
// Lambda scales its pollers with the load; here they are few, and there is no backoff between failures.
import type { EventSourceDefinition } from "../model.js";
import type { ReceivedMessage } from "../sqs/message.js";
import type { Queue } from "../sqs/queue.js";
import type { After } from "../timer.js";
import { readItemFailures } from "./batch-item-failures.js";
import { roomInEvent, sqsEvent } from "./event-source-event.js";
import { REQUEST_LIMIT } from "./receive-request.js";
import type { CallFunction, ServiceAnswer } from "./service-call.js";

export interface EventSourceSettings {
  readonly queue: Queue;
  readonly call: CallFunction;
  readonly after: After;
  readonly log: (message: string) => void;
}

/** With which Lambda begins. */
const POLLERS = 5;
const LONGEST_WAIT_SECONDS = 20;
/** Beside the records. */
const ENVELOPE_BYTES = 16;

export class EventSource {
  readonly #definition: EventSourceDefinition;
  readonly #settings: EventSourceSettings;
  readonly #closing = new AbortController();
  readonly #pollers: readonly Promise<void>[];

  constructor(definition: EventSourceDefinition, settings: EventSourceSettings) {
    this.#definition = definition;
    this.#settings = settings;
    const pollers = definition.isEnabled ? Math.min(POLLERS, definition.maximumConcurrency ?? POLLERS) : 0;
    this.#pollers = Array.from({ length: pollers }, () => this.#poll());
  }

  /** Resolves when the last batch has come to its end, for which the function may have to be ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#pollers);
  }

  async #poll(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const batch = await this.#gather();
      if (batch.length > 0) await this.#run(batch);
    }
  }

  /** A first message is waited for; then the window is open until the batch is full or its time is over. */
  async #gather(): Promise<ReceivedMessage[]> {
    const { batchSize, windowSeconds } = this.#definition;
    const { queue, after } = this.#settings;
    const { signal } = this.#closing;
    let [room, isFull] = [REQUEST_LIMIT - ENVELOPE_BYTES, false];
    const fits = (message: Pick<ReceivedMessage, "body" | "attributes">): boolean => {
      room -= roomInEvent(message);
      isFull = room < 0;
      return !isFull;
    };
    const batch = await queue.receive({ most: batchSize, waitSeconds: LONGEST_WAIT_SECONDS, fits, signal });
    if (windowSeconds === 0 || batch.length === 0) return batch;
    const closed = new AbortController();
    const cancel = after(windowSeconds * 1000, () => closed.abort());
    const over = AbortSignal.any([closed.signal, signal]);
    while (!isFull && batch.length < batchSize && !over.aborted) {
      const most = batchSize - batch.length;
      batch.push(...(await queue.receive({ most, waitSeconds: windowSeconds, fits, signal: over })));
    }
    cancel();
    return batch;
  }

  async #run(batch: readonly ReceivedMessage[]): Promise<void> {
    const { queue, call } = this.#settings;
    const { functionArn, qualifier } = this.#definition;
    const answer = await call(functionArn, qualifier, sqsEvent(batch, queue.definition.arn));
    const kept = this.#failedOf(batch, answer);
    for (const { messageId, receiptHandle } of batch) if (!kept.has(messageId)) queue.delete(receiptHandle);
  }

  /** Ids of the messages that come back. */
  #failedOf(batch: readonly ReceivedMessage[], answer: ServiceAnswer): ReadonlySet<string> {
    const ids = batch.map(({ messageId }) => messageId);
    const reported =
      answer.kind === "payload" && this.#definition.reportsItemFailures
        ? readItemFailures(answer.payload, ids)
        : wholeBatch(answer);
    if (reported.ok && reported.failed.size === 0) return reported.failed;
    const failed = reported.ok ? reported.failed : new Set(ids);
    const why = reported.ok ? "" : `: ${reported.why}`;
    const { name } = this.#settings.queue.definition;
    this.#settings.log(`${failed.size} of ${ids.length} messages go back to ${name}${why}`);
    return failed;
  }
}

const wholeBatch = (answer: ServiceAnswer) => {
  if (answer.kind === "payload") return { ok: true, failed: new Set<string>() } as const;
  const why =
    answer.kind === "failed" ? answer.error.errorMessage : (answer.error.reason ?? answer.error.message);
  return { ok: false, why } as const;
};
