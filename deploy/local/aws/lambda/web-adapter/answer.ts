// A web app's HTTP answer -> what a function returns: as one JSON payload, or as the metadata before a stream. Pure.
import type { PayloadFormat } from "./request.js";

export interface AppHead {
  readonly status: number;
  /** Names in lower case, each with all its values. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
}

const OF_THE_CONNECTION = ["connection", "keep-alive", "transfer-encoding"];
const TEXT =
  /^(?:text\/|application\/(?:json|javascript|xml|x-www-form-urlencoded)\b|[^;]+\+(?:json|xml)\b)/i;

/** A node:http message's `headersDistinct`. */
export const toHead = (status: number, headers: NodeJS.Dict<string[]>): AppHead => ({
  status,
  headers: Object.fromEntries(
    Object.entries(headers).flatMap(([name, values]) =>
      values === undefined || OF_THE_CONNECTION.includes(name) ? [] : [[name, values]],
    ),
  ),
});

const joined = ({ headers }: AppHead): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, values]) =>
      name === "set-cookie" ? [] : [[name, values.join(", ")]],
    ),
  );

export const toPayload = (format: PayloadFormat, head: AppHead, body: Buffer): string => {
  const [type = ""] = head.headers["content-type"] ?? [];
  const isText = TEXT.test(type) && head.headers["content-encoding"] === undefined;
  const common = {
    statusCode: head.status,
    body: body.toString(isText ? "utf8" : "base64"),
    isBase64Encoded: !isText,
  };
  const cookies = head.headers["set-cookie"] ?? [];
  return JSON.stringify(
    format === "1.0"
      ? { ...common, headers: joined(head), multiValueHeaders: head.headers }
      : { ...common, headers: joined(head), cookies },
  );
};

/** Before a stream, with the eight NUL bytes that end it. */
export const toPrelude = (head: AppHead): Buffer => {
  const cookies = head.headers["set-cookie"] ?? [];
  const metadata = JSON.stringify({ statusCode: head.status, headers: joined(head), cookies });
  return Buffer.concat([Buffer.from(metadata), Buffer.alloc(8)]);
};
