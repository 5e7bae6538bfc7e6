// Signature Version 4 written out from its page, for requests that no well-meaning signer would make.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, createHmac } from "node:crypto";
import type { SignedRequest } from "../../../../../deploy/local/aws/model.js";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export type Header = readonly [name: string, value: string];

export interface ToSignByHand {
  readonly method: string;
  /** Signed as it stands: the path encoded once more, the query's pairs sorted. */
  readonly target: string;
  readonly host: string;
  readonly headers: readonly Header[];
  readonly body: string;
  readonly credentials: Credentials;
  readonly service: string;
  readonly region: string;
  /** 20261122T120000Z */
  readonly date: string;
  readonly terminator: string;
  /** Names of headers that are sent and not signed. */
  readonly unsigned: readonly string[];
  /** In place of the body's hash. */
  readonly payloadHash?: string;
  /** In place of the path encoded once more. */
  readonly canonicalPath?: string;
}

export const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

export function signByHand(input: ToSignByHand): SignedRequest {
  const { method, target, body, credentials, date, service, region, terminator } = input;
  const headers = headersOf(input);
  const canonical = canonicalHeaders(headers, input.unsigned);
  const names = canonical.map(([name]) => name).join(";");
  const [path = "", query = ""] = target.split("?", 2);
  const canonicalRequest = [
    method,
    input.canonicalPath ?? path.split("/").map(encode).join("/"),
    query.split("&").sort().join("&"),
    ...canonical.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    input.payloadHash ?? sha256Of(body),
  ].join("\n");
  const scope = [date.slice(0, 8), region, service, terminator];
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  const text = ["AWS4-HMAC-SHA256", date, scope.join("/"), sha256Of(canonicalRequest)].join("\n");
  const signature = hmac(key, text).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${[credentials.accessKeyId, ...scope].join("/")}, SignedHeaders=${names}, Signature=${signature}`;
  const rawHeaders = [...headers.flat(), "Authorization", authorization];
  return { method, target, rawHeaders, body: Buffer.from(body) };
}

const headersOf = ({ host, date, credentials, headers }: ToSignByHand): readonly Header[] => [
  ["Host", host],
  ["X-Amz-Date", date],
  ...(credentials.sessionToken === "" ? [] : [["X-Amz-Security-Token", credentials.sessionToken] as const]),
  ...headers,
];

function canonicalHeaders(headers: readonly Header[], unsigned: readonly string[]): readonly Header[] {
  const values = new Map<string, string>();
  for (const [name, value] of headers.map(([name, value]) => [name.toLowerCase(), value.trim()] as const)) {
    if (unsigned.includes(name)) continue;
    values.set(name, values.has(name) ? `${values.get(name) ?? ""},${value}` : value);
  }
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1));
}
