// The RequestBody of a node:http request: not read before it is asked for, bounded in bytes, in time, and in what all
// requests hold together.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestBody } from "../core/inbound.js";
import type { Denial } from "../core/denial.js";
import { accept, refuse, type Result } from "../core/result.js";
import { expectationOf } from "./request-head.js";

/** Bytes of request bodies held at one time, over all requests. */
export interface BodyBudget {
  /** false when there is no room; nothing is taken then. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

export function createBodyBudget(limitBytes: number): BodyBudget {
  let held = 0;
  return {
    take(bytes) {
      if (held + bytes > limitBytes) return false;
      held += bytes;
      return true;
    },
    giveBack(bytes) {
      held -= bytes;
    },
  };
}

/**
 * none: the connection can be used again. unsent: the caller waits to be asked for its body (RFC 9110 10.1.1), and
 * nobody can tell whether it will still send it. coming: it is sending, and too much to let it pass for nothing.
 */
export type LeftOver = "none" | "unsent" | "coming";

/** Unread bodies up to this size are read past, so that the connection can be used again. */
const passedOverBytes = 65_536;
/** A body that dribbles holds its share of the budget: this long from the first read to the last byte. */
const defaultArrivalMs = 60_000;

export class HttpRequestBody implements RequestBody {
  private takenBytes = 0;
  private asked = false;
  private isReleased = false;
  /** Ends a read that is still going on. */
  private stopReading: (() => void) | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly budget: BodyBudget,
    private readonly arrivalMs = defaultArrivalMs,
  ) {}

  /** Bytes of the request that nobody will read. */
  get leftOver(): LeftOver {
    const { request } = this;
    if (request.complete || !hasBody(request)) return "none";
    if (this.awaitsContinue && !this.asked) return "unsent";
    return Number(request.headers["content-length"]) <= passedOverBytes ? "none" : "coming";
  }

  private get awaitsContinue(): boolean {
    return expectationOf(this.request) !== undefined;
  }

  async read(limitBytes: number): Promise<Result<Buffer>> {
    if (!hasBody(this.request)) return accept(empty);
    // No event comes any more: whoever waited for one would hold his share of the budget meanwhile.
    if (this.request.destroyed) return refuse({ reason: "client_gone" });
    const declared = Number(this.request.headers["content-length"] ?? 0);
    if (declared > limitBytes) return refuse({ reason: "body_too_large", limitBytes });
    if (!this.take(declared)) return refuse(full);
    // The caller is authorised and there is room: only now is a body worth its way.
    this.asked = true;
    if (this.awaitsContinue) this.response.writeContinue();
    return this.collect(limitBytes);
  }

  hold(bytes: number): Result<undefined> {
    // What is taken after the release nobody would give back.
    if (this.isReleased) return refuse({ reason: "client_gone" });
    return this.take(bytes) ? accept(undefined) : refuse(full);
  }

  /** Once the call is over, even where its body is still coming. */
  release(): void {
    this.isReleased = true;
    this.stopReading?.();
    this.budget.giveBack(this.takenBytes);
    this.takenBytes = 0;
  }

  private collect(limitBytes: number): Promise<Result<Buffer>> {
    const { request } = this;
    const chunks: Buffer[] = [];
    let bytes = 0;
    return new Promise((resolve) => {
      const settle = (result: Result<Buffer>): void => {
        clearTimeout(timer);
        this.stopReading = undefined;
        request.off("data", onData).off("end", onEnd).off("error", onGone).off("close", onGone);
        // A refused body is not kept flowing into nothing: the bridge says how the connection ends.
        if (!result.ok) request.pause();
        resolve(result);
      };
      const onData = (chunk: Buffer): void => {
        bytes += chunk.length;
        if (bytes > limitBytes) settle(refuse({ reason: "body_too_large", limitBytes }));
        else if (!this.take(Math.max(0, bytes - this.takenBytes))) settle(refuse(full));
        else chunks.push(chunk);
      };
      const onEnd = (): void => settle(accept(joined(chunks)));
      const onGone = (): void => settle(refuse({ reason: "client_gone" }));
      const timer = setTimeout(() => settle(refuse({ reason: "request_timeout" })), this.arrivalMs);
      this.stopReading = onGone;
      request.on("data", onData).on("end", onEnd).on("error", onGone).on("close", onGone);
    });
  }

  private take(bytes: number): boolean {
    if (!this.budget.take(bytes)) return false;
    this.takenBytes += bytes;
    return true;
  }
}

/** One for all: a buffer takes more of the garbage collector than the rest of a small call. */
const empty = Buffer.alloc(0);

const full: Denial = {
  reason: "overloaded",
  cause: "limits.bufferedBytes are held by other requests' bodies",
  retryAfterSeconds: 1,
};

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

const joined = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
