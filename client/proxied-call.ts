// A call by the proxy door: the caller's request with his token. What comes back is the answer, refusals included; only
// the gateway's own 401 is answered with another token, once, where the callback has one.
import { isOneTime } from "./body.js";
import { problemOf } from "./errors.js";
import { headersOf } from "./reserved-headers.js";
import type { Tokens } from "./tokens.js";
import { unlessAborted } from "./wait.js";

export interface ProxyDoor {
  /** Its address, without a slash at the end. */
  readonly gateway: string;
  readonly fetch: typeof fetch;
  readonly tokens: Tokens;
}

/** `target`: as `targetOf` gives it. */
export type ProxiedCall = (target: string, init: RequestInit) => Promise<Response>;

export const createProxiedCall =
  ({ gateway, fetch, tokens }: ProxyDoor): ProxiedCall =>
  async (target, init) => {
    const headers = headersOf(init, /^authorization$/);
    const call = (token: string): Promise<Response> => {
      headers.set("authorization", `Bearer ${token}`);
      return fetch(gateway + target, { ...init, headers });
    };
    const token = await unlessAborted(tokens(), init.signal);
    const response = await call(token);
    // The function's own 401 is an answer: it has run.
    const isRefused = response.status === 401 && !isOneTime(init.body) && (await problemOf(response));
    const next = isRefused ? await unlessAborted(tokens(token), init.signal) : token;
    return next === token ? response : call(next);
  };
