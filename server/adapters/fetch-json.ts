// GET of a small JSON document from an issuer, by undici: one deadline, one size limit, no redirects.
// What the document says is not looked at.
import { Agent, errors, request, type Dispatcher } from "undici";
import { accept, refuse, type Result } from "../core/result.js";

/** Never throws: the refusal is a sentence for the operator. */
export type FetchJson = (url: string) => Promise<Result<unknown, string>>;

export interface JsonFetcher {
  readonly fetchJson: FetchJson;
  close(): Promise<void>;
}

// A JWK Set has a media type of its own (RFC 7517 section 8.5.1). The API server of Kubernetes answers 406 to a request
// for its keys that does not name it.
const accepted = "application/json, application/jwk-set+json";

/** `deadlineMs` is for the whole exchange, `maxBytes` for the body. */
export const createFetchJson = ({ deadlineMs = 5_000, maxBytes = 262_144 } = {}): JsonFetcher => {
  const dispatcher = new Agent({
    connect: { timeout: deadlineMs },
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    maxResponseSize: maxBytes,
  });
  const fetchJson: FetchJson = async (url) => {
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      const response = await request(url, { dispatcher, signal, headers: { accept: accepted } });
      return await readJson(url, response);
    } catch (error) {
      return refuse(`${url} ${faultOf(error, deadlineMs, maxBytes)}`);
    }
  };
  return { fetchJson, close: () => dispatcher.destroy() };
};

const readJson = async (url: string, response: Dispatcher.ResponseData): Promise<Result<unknown, string>> => {
  const { statusCode, headers, body } = response;
  // A redirect is refused like any other status: it would let the issuer's host name another one.
  if (statusCode !== 200) {
    body.on("error", () => undefined).destroy();
    return refuse(`${url} answered ${statusCode}, not 200`);
  }
  const text = await body.text();
  try {
    return accept(JSON.parse(text) as unknown);
  } catch {
    const type = String(headers["content-type"] ?? "no content type").slice(0, 80);
    return refuse(`${url} answered no JSON (${type})`);
  }
};

export const faultOf = (error: unknown, deadlineMs: number, maxBytes: number): string => {
  if (error instanceof errors.ResponseExceededMaxSizeError) return `answered more than ${maxBytes} bytes`;
  // By name, not by class: undici has three of them, and the signal's is a DOMException.
  const { name = "", code, message } = (error ?? {}) as { name?: string; code?: string; message?: string };
  if (name.endsWith("TimeoutError")) return `gave no answer within ${deadlineMs} ms`;
  // A refused connection to a name with two addresses has a code and an empty message.
  return `failed: ${code ?? message ?? "no reason given"}`;
};
