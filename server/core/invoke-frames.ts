// Reads the frames of InvokeWithResponseStream's answer (`application/vnd.amazon.eventstream`) however they were cut,
// and checks both checksums of each. A payload is handed on as it comes, in views of the bytes that were read.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html (the one page that shows the framing)
import { crc32 } from "node:zlib";
import { accept, refuse, type Result } from "./result.js";
import { isJsonObject } from "./strict-json.js";

/** How a stream ended, in Lambda's words. */
export interface InvokeComplete {
  readonly errorCode?: string;
  readonly errorDetails?: string;
  /** The log's tail in base64. */
  readonly logResult?: string;
  /** Lambda itself failed, not the function: a frame of type `exception` or `error`. */
  readonly isException?: true;
}

export interface FrameReader {
  /** Some of a PayloadChunk. Its checksum comes after it. */
  payload(part: Buffer): void;
  /** The last frame, whole and checked. */
  complete(completion: InvokeComplete): void;
}

const preludeBytes = 12;
const checksumBytes = 4;
/** The codec's own limit for a message is 16 MB of payload, and Lambda's headers have some 120 bytes. */
const maxPayloadBytes = 16 * 2 ** 20;
const maxHeaderBytes = 16_384;
/** Of what is not handed on but read: the last frame, with an error's details and 4 KB of log. */
const maxKeptBytes = 2 ** 20;

type Part = "prelude" | "headers" | "payload" | "checksum";
type Fate = "pass" | "keep" | "drop";

export class InvokeFrames {
  /** The last frame has come, and nothing after it. */
  isComplete = false;
  private part: Part = "prelude";
  /** Bytes of this part that are still to come. */
  private missing = preludeBytes;
  private kept: Buffer[] = [];
  private headerBytes = 0;
  private payloadBytes = 0;
  private checksum = 0;
  private headers: ReadonlyMap<string, string> = new Map();
  private fate: Fate = "drop";
  private document = "";

  constructor(private readonly reader: FrameReader) {}

  /** Refuses with what is wrong with the frames; nothing more may be pushed then. */
  push(chunk: Buffer): Result<undefined, string> {
    let at = 0;
    while (at < chunk.length) {
      if (this.isComplete) return refuse("a frame came after the last one");
      const bytes = chunk.subarray(at, at + this.missing);
      at += bytes.length;
      this.missing -= bytes.length;
      const fault = this.take(bytes);
      if (fault !== undefined) return refuse(fault);
    }
    return accept(undefined);
  }

  private take(bytes: Buffer): string | undefined {
    if (this.part !== "checksum") this.checksum = crc32(bytes, this.checksum);
    if (this.part === "payload" && this.fate === "pass") this.reader.payload(bytes);
    else if (this.part !== "payload" || this.fate === "keep") this.kept.push(bytes);
    return this.missing === 0 ? this.endPart() : undefined;
  }

  private endPart(): string | undefined {
    const bytes = this.kept.length === 1 && this.kept[0] ? this.kept[0] : Buffer.concat(this.kept);
    this.kept = [];
    switch (this.part) {
      case "prelude":
        return this.readPrelude(bytes);
      case "headers":
        return this.readHeaders(bytes);
      case "payload":
        this.document = bytes.toString("utf8");
        this.expect("checksum", checksumBytes);
        return undefined;
      case "checksum":
        return this.endFrame(bytes.readUInt32BE(0));
    }
  }

  private readPrelude(bytes: Buffer): string | undefined {
    if (crc32(bytes.subarray(0, 8)) !== bytes.readUInt32BE(8))
      return "a frame's prelude has another checksum";
    this.headerBytes = bytes.readUInt32BE(4);
    this.payloadBytes = bytes.readUInt32BE(0) - this.headerBytes - preludeBytes - checksumBytes;
    if (this.headerBytes === 0 || this.headerBytes > maxHeaderBytes)
      return "a frame's headers have no such length";
    if (this.payloadBytes < 0 || this.payloadBytes > maxPayloadBytes) return "a frame has no such length";
    this.expect("headers", this.headerBytes);
    return undefined;
  }

  private readHeaders(bytes: Buffer): string | undefined {
    const headers = frameHeaders(bytes);
    if (headers === undefined) return "a frame's headers are malformed";
    this.headers = headers;
    this.fate = fateOf(headers);
    if (this.fate === "keep" && this.payloadBytes > maxKeptBytes) return "the last frame is too large";
    this.document = "";
    if (this.payloadBytes > 0) this.expect("payload", this.payloadBytes);
    else this.expect("checksum", checksumBytes);
    return undefined;
  }

  private endFrame(checksum: number): string | undefined {
    if (checksum !== this.checksum) return "a frame has another checksum";
    this.checksum = 0;
    this.expect("prelude", preludeBytes);
    if (this.fate !== "keep") return undefined;
    const completion = completionOf(this.headers, this.document);
    if (completion === undefined) return "the last frame is not JSON";
    this.isComplete = true;
    this.reader.complete(completion);
    return undefined;
  }

  private expect(part: Part, bytes: number): void {
    this.part = part;
    this.missing = bytes;
  }
}

/** Events of a name that is not known here are passed over, as AWS's own clients do. */
function fateOf(headers: ReadonlyMap<string, string>): Fate {
  if (headers.get(":message-type") !== "event") return "keep";
  const type = headers.get(":event-type");
  if (type === "PayloadChunk") return "pass";
  return type === "InvokeComplete" ? "keep" : "drop";
}

function completionOf(headers: ReadonlyMap<string, string>, document: string): InvokeComplete | undefined {
  if (headers.get(":message-type") !== "event") {
    const errorCode = headers.get(":exception-type") ?? headers.get(":error-code") ?? "unknown";
    return { errorCode, errorDetails: headers.get(":error-message") ?? document, isException: true };
  }
  try {
    const given: unknown = JSON.parse(document === "" ? "{}" : document);
    if (!isJsonObject(given)) return undefined;
    const { ErrorCode, ErrorDetails, LogResult } = given;
    return {
      ...(typeof ErrorCode === "string" && { errorCode: ErrorCode }),
      ...(typeof ErrorDetails === "string" && { errorDetails: ErrorDetails }),
      ...(typeof LogResult === "string" && { logResult: LogResult }),
    };
  } catch {
    return undefined;
  }
}

/** Bytes of a value by its type, where that is fixed: two booleans, four integers, a timestamp, a UUID. */
const fixedBytes: Readonly<Record<number, number>> = { 0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16 };
const byteArray = 6;
const text = 7;

/** Those whose value is text; nothing where they do not fill their place exactly. */
function frameHeaders(bytes: Buffer): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  let at = 0;
  const next = (length: number): Buffer => {
    if (at + length > bytes.length) throw new RangeError("past the end");
    return bytes.subarray(at, (at += length));
  };
  try {
    while (at < bytes.length) {
      const name = next(next(1).readUInt8(0)).toString("utf8");
      const type = next(1).readUInt8(0);
      const length = type === text || type === byteArray ? next(2).readUInt16BE(0) : fixedBytes[type];
      if (length === undefined) return undefined;
      const value = next(length);
      if (type === text) headers.set(name, value.toString("utf8"));
    }
    return headers;
  } catch {
    return undefined;
  }
}
