// One request and its JSON answer, whatever its status, by undici: one deadline, one size limit, no redirects and no
// proxy from the environment. What the answer says is not looked at.
import { Agent, request } from "undici";
import { accept, refuse, type Result } from "../core/result.js";
import { parseJson } from "../core/strict-json.js";
import { faultOf } from "./fetch-json.js";

export interface JsonRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

export interface JsonAnswer {
  readonly status: number;
  /** `undefined` where it is no JSON. */
  readonly body: unknown;
}

/** Never throws: the refusal is a sentence for a person. */
export type ExchangeJson = (request: JsonRequest) => Promise<Result<JsonAnswer, string>>;

export interface JsonExchange {
  readonly exchange: ExchangeJson;
  readonly close: () => Promise<void>;
}

/** `deadlineMs` is for the whole exchange, `maxBytes` for the body. */
export function createExchangeJson({ deadlineMs = 20_000, maxBytes = 262_144 } = {}): JsonExchange {
  const dispatcher = new Agent({
    connect: { timeout: deadlineMs },
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    maxResponseSize: maxBytes,
  });
  const exchange: ExchangeJson = async ({ url, method, headers, form }) => {
    const signal = AbortSignal.timeout(deadlineMs);
    const sent = { accept: "application/json", ...headers, ...(form && formType) };
    const body = form === undefined ? null : new URLSearchParams(form).toString();
    try {
      const response = await request(url, { dispatcher, signal, method, headers: sent, body });
      return accept({ status: response.statusCode, body: parseJson(await response.body.text()) });
    } catch (error) {
      return refuse(`${url} ${faultOf(error, deadlineMs, maxBytes)}${certificateHint(error)}`);
    }
  };
  return { exchange, close: () => dispatcher.destroy() };
}

const formType = { "content-type": "application/x-www-form-urlencoded" };

// https://nodejs.org/api/cli.html#node_extra_ca_certsfile
function certificateHint(error: unknown): string {
  const { code = "" } = (error ?? {}) as { code?: string };
  const isUntrusted = /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_)/.test(code);
  return isUntrusted ? " (for a CA of your own: NODE_EXTRA_CA_CERTS=FILE)" : "";
}
