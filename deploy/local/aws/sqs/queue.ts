// One standard queue in memory: visibility timeouts, delays, retention, long polls, and the way to its dead-letter queue.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
// Oldest first, each message once: less disorder than SQS promises. It decides nothing about who may do what.
import { randomUUID } from "node:crypto";
import type { Clock } from "../../../../server/ports.js";
import type { QueueDefinition } from "../model.js";
import type { After } from "../timer.js";
import { Arrivals } from "./arrivals.js";
import { type Message, type NewMessage, type ReceivedMessage, sizeOf } from "./message.js";
import { newReceiptHandle } from "./receipt-handle.js";

interface Entry {
  readonly message: Message;
  readonly bytes: number;
  /** Epoch milliseconds. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  lastReceivedAt?: number;
  receiptHandle?: string;
}

export interface ReceiveRequest {
  readonly most: number;
  readonly waitSeconds: number;
  /** The queue's own if absent. */
  readonly visibilitySeconds?: number;
  /** False ends the taking before this message. */
  readonly fits?: (message: Message) => boolean;
  /** A receiver that has gone. */
  readonly signal?: AbortSignal;
}

export interface QueueSettings {
  readonly clock: Clock;
  readonly after: After;
  /** Where messages go that were received too often. */
  readonly deadLetters?: () => Queue | undefined;
}

/** SQS has no such limit; this is one process's memory. */
const HELD_BYTES_LIMIT = 268_435_456;
const LONGEST_VISIBILITY_MS = 43_200_000;
const PURGE_INTERVAL_MS = 60_000;

export type VisibilityChange = "changed" | "not in flight" | "too long";

export class Queue {
  readonly definition: QueueDefinition;
  readonly #settings: QueueSettings;
  readonly #arrivals: Arrivals;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #purgedAt = -Infinity;

  constructor(definition: QueueDefinition, settings: QueueSettings) {
    this.definition = definition;
    this.#settings = settings;
    this.#arrivals = new Arrivals(settings.after);
  }

  /** `undefined` when the queue is full. */
  send(message: NewMessage, delaySeconds = this.definition.delaySeconds): Message | undefined {
    const now = this.#settings.clock();
    this.#forgetOld(now);
    if (this.#bytes + sizeOf(message) > HELD_BYTES_LIMIT) return undefined;
    const sent: Message = { ...message, messageId: randomUUID(), sentAt: now };
    this.#keep(sent, now + delaySeconds * 1000, 0);
    return sent;
  }

  /** Waits for a first message as long as it is told; what is there then comes at once. */
  async receive(request: ReceiveRequest): Promise<ReceivedMessage[]> {
    const { waitSeconds, signal } = request;
    let waits = waitSeconds > 0;
    // A receiver that has no room for the next message has nothing to wait for.
    const fits = (message: Message): boolean => {
      const hasRoom = request.fits?.(message) ?? true;
      waits &&= hasRoom;
      return hasRoom;
    };
    const stop = (): void => {
      waits = false;
      this.#arrivals.tell();
    };
    const cancel = this.#settings.after(waitSeconds * 1000, stop);
    signal?.addEventListener("abort", stop);
    try {
      for (;;) {
        // Whoever has gone would take messages with him.
        if (signal?.aborted) return [];
        const taken = this.#take({ ...request, fits });
        if (taken.length > 0 || !waits) return taken;
        await this.#arrivals.next(this.#untilNextVisible());
      }
    } finally {
      cancel();
      signal?.removeEventListener("abort", stop);
    }
  }

  /** An older handle than the last one deletes nothing. */
  delete(receiptHandle: string): void {
    const entry = this.#entryOf(receiptHandle);
    if (entry !== undefined) this.#drop(entry);
  }

  changeVisibility(receiptHandle: string, seconds: number): VisibilityChange {
    const now = this.#settings.clock();
    const entry = this.#entryOf(receiptHandle);
    if (entry?.lastReceivedAt === undefined || entry.visibleAt <= now) return "not in flight";
    const visibleAt = now + seconds * 1000;
    if (visibleAt - entry.lastReceivedAt > LONGEST_VISIBILITY_MS) return "too long";
    entry.visibleAt = visibleAt;
    this.#arrivals.tell();
    return "changed";
  }

  /** False when this was done within the last minute. */
  purge(): boolean {
    const now = this.#settings.clock();
    if (now - this.#purgedAt < PURGE_INTERVAL_MS) return false;
    this.#purgedAt = now;
    this.#entries.clear();
    this.#bytes = 0;
    return true;
  }

  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    const now = this.#settings.clock();
    this.#forgetOld(now);
    const entries = [...this.#entries.values()];
    const hidden = entries.filter(({ visibleAt }) => visibleAt > now);
    const inFlight = hidden.filter(({ receiptHandle }) => receiptHandle !== undefined).length;
    return { visible: entries.length - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  #take({ most, visibilitySeconds, fits = () => true }: ReceiveRequest): ReceivedMessage[] {
    const now = this.#settings.clock();
    this.#forgetOld(now);
    const hiddenMs = (visibilitySeconds ?? this.definition.visibilityTimeoutSeconds) * 1000;
    const taken: ReceivedMessage[] = [];
    for (const entry of this.#entries.values()) {
      if (taken.length === most) break;
      if (entry.visibleAt > now || this.#giveUp(entry, now)) continue;
      if (!fits(entry.message)) break;
      entry.visibleAt = now + hiddenMs;
      taken.push(received(entry, now));
    }
    return taken;
  }

  /** A message that was received as often as it may be is moved when it would be received once more. */
  #giveUp(entry: Entry, now: number): boolean {
    const { redrive, arn } = this.definition;
    const target = this.#settings.deadLetters?.();
    if (redrive === undefined || target === undefined || entry.receiveCount < redrive.maxReceiveCount)
      return false;
    this.#drop(entry);
    target.#keep({ ...entry.message, deadLetterSourceArn: arn }, now, entry.receiveCount);
    return true;
  }

  #keep(message: Message, visibleAt: number, receiveCount: number): void {
    const bytes = sizeOf(message);
    this.#bytes += bytes;
    this.#entries.set(message.messageId, { message, bytes, visibleAt, receiveCount });
    this.#arrivals.tell();
  }

  #drop({ message, bytes }: Entry): void {
    this.#entries.delete(message.messageId);
    this.#bytes -= bytes;
  }

  /** The time counts from when a message was first sent, also in a dead-letter queue. */
  #forgetOld(now: number): void {
    const oldest = now - this.definition.retentionSeconds * 1000;
    for (const entry of this.#entries.values()) if (entry.message.sentAt <= oldest) this.#drop(entry);
  }

  #untilNextVisible(): number | undefined {
    const now = this.#settings.clock();
    const times = [...this.#entries.values()].map(({ visibleAt }) => visibleAt - now);
    const first = times.reduce((a, b) => Math.min(a, b), Infinity);
    return first === Infinity ? undefined : Math.max(1, first);
  }

  #entryOf(receiptHandle: string): Entry | undefined {
    return [...this.#entries.values()].find((entry) => entry.receiptHandle === receiptHandle);
  }
}

const received = (entry: Entry, now: number): ReceivedMessage => {
  entry.receiveCount += 1;
  entry.lastReceivedAt = now;
  entry.firstReceivedAt ??= now;
  entry.receiptHandle = newReceiptHandle();
  const { message, receiveCount, firstReceivedAt, receiptHandle } = entry;
  return { ...message, receiveCount, firstReceivedAt, receiptHandle };
};
