// How messages lie on the pipes between the twin and an execution environment: two lengths, JSON, then bytes that need
// no JSON (an event, a payload, a chunk). What a function writes there itself must not hurt the twin, so both are bounded.

const HEAD_BYTES = 8;
/** More than any legal part: 6 MB of payload, one slice of a stream, one cut line of a log, an event. */
export const FRAME_LIMIT = 8 * 1024 * 1024;

export interface Frame {
  readonly message: unknown;
  readonly body: Buffer;
}

const NO_BODY = Buffer.alloc(0);

export const encodeFrame = (message: object, body: Uint8Array = NO_BODY): Buffer => {
  const json = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(json.length, 0);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, json, body]);
};

/** Collects what arrives in pieces. */
export class FrameReader {
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** The frames that are whole now. Throws when the bytes are no frames: the stream is of no use then. */
  push(piece: Buffer): Frame[] {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    const frames: Frame[] = [];
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) frames.push(frame);
    return frames;
  }

  #take(): Frame | undefined {
    const head = this.#peek(HEAD_BYTES);
    if (head === undefined) return undefined;
    const jsonEnd = HEAD_BYTES + head.readUInt32BE(0);
    const end = jsonEnd + head.readUInt32BE(4);
    if (end > FRAME_LIMIT) throw new RangeError(`a frame of ${end} bytes`);
    const whole = this.#peek(end);
    if (whole === undefined) return undefined;
    this.#pieces = whole.length === end ? [] : [whole.subarray(end)];
    this.#bytes -= end;
    const message: unknown = JSON.parse(whole.toString("utf8", HEAD_BYTES, jsonEnd));
    return { message, body: whole.subarray(jsonEnd, end) };
  }

  /** Joined only when enough is there, so that a large frame is copied once. */
  #peek(bytes: number): Buffer | undefined {
    if (this.#bytes < bytes) return undefined;
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= bytes) return first;
    const joined = Buffer.concat(this.#pieces);
    this.#pieces = [joined];
    return joined;
  }
}
