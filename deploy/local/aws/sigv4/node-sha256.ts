// SHA-256 and HMAC-SHA-256 of node:crypto in the shape that @smithy/signature-v4 asks for.
import { createHash, createHmac } from "node:crypto";

type SourceData = string | ArrayBuffer | ArrayBufferView;
type Digester = ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

export class NodeSha256 {
  readonly #secret: SourceData | undefined;
  #hash: Digester;

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#hash = this.#start();
  }

  update(chunk: SourceData): void {
    this.#hash.update(toBinary(chunk));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#start();
  }

  #start(): Digester {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", toBinary(this.#secret));
  }
}

function toBinary(data: SourceData): string | Uint8Array {
  if (typeof data === "string") return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
