// The library for callers: `fetch` through the gateway (proxy door) or signed here (grant door), and credentials for
// AWS's SDKs. Nothing but web standards: browsers, Node 20, Workers, React Native. client/README.md tells how.
import { createServerClock } from "./clock.js";
import { type Credentials, credentialsOf } from "./credentials.js";
import { GrantwayError } from "./errors.js";
import { type Grant, requestGrant } from "./grant.js";
import { createGrants } from "./grants.js";
import { createProxiedCall } from "./proxied-call.js";
import { createSignedCall } from "./signed-call.js";
import { targetOf } from "./target.js";
import { createTokens, type TokenCallback } from "./tokens.js";
import { reasonOf, unlessAborted } from "./wait.js";

export type { Credentials } from "./credentials.js";
export { GrantwayError, type Problem } from "./errors.js";
export type { Grant } from "./grant.js";
export type { TokenCallback } from "./tokens.js";

export type Door = "proxy" | "grant";

export interface ClientOptions {
  /** `https://gw.example.com` */
  readonly gateway: string;
  /** The caller's JWT. Asked for each call, so keep it until it ends; errors of the callback reach the caller of the call. */
  readonly token: TokenCallback;
  /** `proxy` (default): the gateway signs and relays. `grant`: signed here, straight to the function URL. */
  readonly door?: Door;
  /** For the grant door: the route's name. Needed where the gateway has no default one. */
  readonly route?: string;
  /** Default: the runtime's. */
  readonly fetch?: typeof fetch;
  /** Epoch milliseconds. Default: `Date.now`. */
  readonly clock?: () => number;
}

export interface CallInit extends RequestInit {
  readonly door?: Door;
  readonly route?: string;
}

export interface GrantOptions {
  readonly route?: string;
  readonly signal?: AbortSignal;
}

export interface Client {
  /** `path` begins with a slash: `/reports/7?year=2026`. Answers are as `fetch` gives them, refusals included. */
  readonly fetch: (path: string, init?: CallInit) => Promise<Response>;
  /** For `new LambdaClient({ credentials: client.credentials() })`. */
  readonly credentials: (options?: Pick<GrantOptions, "route">) => () => Promise<Credentials>;
  /** The grant itself: FuncUrl, Region and the rest. Kept, and renewed before its end. */
  readonly grant: (options?: GrantOptions) => Promise<Grant>;
  /** On sign-out: forgets every grant, and what is on its way. */
  readonly clear: () => void;
}

export function createClient(options: ClientOptions): Client {
  const gateway = gatewayOf(options.gateway);
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const clock = createServerClock(options.clock ?? Date.now);
  /** All that is kept of a caller. */
  const newCaller = () => {
    const tokens = createTokens(options.token);
    const request = (route: string | undefined, token: string): Promise<Grant> =>
      requestGrant({ gateway, fetch: send, clock }, route, token);
    const grants = createGrants({ tokens, clock, request });
    const proxied = createProxiedCall({ gateway, fetch: send, tokens });
    return { grants, proxied, signed: createSignedCall({ grants, fetch: send, clock }) };
  };
  let caller = newCaller();
  const grant = ({ route = options.route, signal }: GrantOptions = {}): Promise<Grant> =>
    unlessAborted(caller.grants.get(route), signal);

  return {
    async fetch(path, { door = options.door ?? "proxy", route = options.route, ...init } = {}) {
      const target = targetOf(path, gateway);
      if (init.signal?.aborted) throw reasonOf(init.signal);
      if (door === "grant") return caller.signed(target, init, route);
      // JavaScript passes anything, and a call must not go where nobody meant it to.
      if ((door as string) !== "proxy") throw invalid("door", "proxy or grant");
      return caller.proxied(target, init);
    },
    credentials: (which) => async () => credentialsOf(await grant(which)),
    grant,
    clear() {
      caller = newCaller();
    },
  };
}

function gatewayOf(text: string): string {
  if (/^https?:\/\/[^\s/?#@\\]+(?:\/[^\s?#\\]*)?$/.test(text)) return text.replace(/\/+$/, "");
  throw invalid("gateway", "a plain http(s) URL");
}

const invalid = (option: string, what: string): GrantwayError =>
  new GrantwayError(`${option}_invalid`, `\`${option}\` must be ${what}`);
