// Whether a function's stream begins with metadata: one JSON object and eight NUL bytes, as Lambda's runtime writes it
// for `awslambda.HttpResponseStream.from`. A URL's front end takes it away; behind the Invoke API it is ours to do.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html

export interface Prelude {
  /** JSON text. Absent: the stream begins with its content. */
  readonly metadata?: string;
  /** Content that came so far. */
  readonly rest: readonly Buffer[];
}

/** API Gateway takes metadata and delimiter within the first 16 KB of a stream, and so does this. */
const maxPreludeBytes = 16_384;
const delimiterBytes = 8;

/**
 * Looks at a stream until it is known. Content that does not begin with a brace is known at once, content that does when
 * its first JSON object has ended, or after 16 KB.
 */
export class StreamPrelude {
  private readonly held: Buffer[] = [];
  private heldBytes = 0;
  private readonly scan = new ObjectScan();
  private delimiterSeen = 0;

  push(part: Buffer): Prelude | undefined {
    for (const [at, byte] of part.entries()) {
      if (this.heldBytes + at >= maxPreludeBytes) return this.content(part);
      if (!this.scan.isEnded) {
        if (!this.scan.take(byte)) return this.content(part);
      } else if (byte !== 0) {
        return this.content(part);
      } else if (++this.delimiterSeen === delimiterBytes) {
        return this.split(part, at + 1);
      }
    }
    this.held.push(part);
    this.heldBytes += part.length;
    return undefined;
  }

  /** The stream has ended. */
  end(): Prelude {
    return { rest: this.held };
  }

  private content(part: Buffer): Prelude {
    return { rest: [...this.held, part] };
  }

  private split(part: Buffer, contentAt: number): Prelude {
    const metadata = Buffer.concat([...this.held, part.subarray(0, contentAt)]);
    const content = part.subarray(contentAt);
    return {
      metadata: metadata.subarray(0, -delimiterBytes).toString("utf8"),
      rest: content.length > 0 ? [content] : [],
    };
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openingBrace = 0x7b;
const closingBrace = 0x7d;

/** Finds where a JSON object ends; whether it is one is for a parser to say. */
class ObjectScan {
  isEnded = false;
  private depth = 0;
  private isInString = false;
  private isEscaped = false;

  /** false: this is the beginning of no object. */
  take(byte: number): boolean {
    if (this.isEscaped) {
      this.isEscaped = false;
    } else if (this.isInString) {
      if (byte === backslash) this.isEscaped = true;
      else if (byte === quote) this.isInString = false;
    } else if (this.depth === 0) {
      if (byte !== openingBrace) return false;
      this.depth = 1;
    } else if (byte === quote) {
      this.isInString = true;
    } else if (byte === openingBrace) {
      this.depth += 1;
    } else if (byte === closingBrace) {
      this.depth -= 1;
      this.isEnded = this.depth === 0;
    }
    return true;
  }
}
