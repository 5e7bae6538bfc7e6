// The local OpenID provider: npm's oidc-provider with sample users, on loopback. FOR THE LAPTOP ONLY: whoever reaches
// it gets a token of any user, by name from a shell (user-grant.ts) or by choice on a page (sign-in.ts).
import { createServer, type RequestListener } from "node:http";
import { randomUUID } from "node:crypto";
import type { Middleware } from "koa";
import { isLoopbackHost } from "../../../server/core/loopback.js";
import { closeAtOnce, listenOn } from "../loopback.js";
import { configuration, createKept, type ProviderSettings } from "./configuration.js";
import { paceDevices, refuseFormWithoutSession, showCodeOfUri } from "./device.js";
import { loadOidcProvider, type OidcProviderModule } from "./load-oidc-provider.js";
import { generateProviderKeys, type JwtHeader } from "./provider-keys.js";
import { serveSignIn } from "./sign-in.js";
import { api, registerUserGrant, shellClientId } from "./user-grant.js";
import { findUser } from "./users.js";

export interface OpenIdProvider {
  /** Equals `iss` and the discovery document's `issuer` exactly: no trailing slash. */
  readonly issuer: string;
  readonly port: number;
  /**
   * For tests: an access token of a user, signed with the provider's current key, with claims added, replaced or
   * (`undefined`) removed at will. Throws for a user who does not exist.
   */
  mint(user: string, claims?: Readonly<Record<string, unknown>>, header?: JwtHeader): Promise<string>;
  /** For tests: new keys from now on; the old ones are withdrawn at once. */
  rotateKeys(): Promise<void>;
  /** Stops listening and ends every connection at once. */
  close(): Promise<void>;
}

export interface OpenIdProviderOptions {
  /** 0 is any free one. */
  readonly port: number;
  readonly host?: string;
  /** For tests: how long the tokens of a sign-in live; else as long as those of a shell. */
  readonly accessTokenTtlSeconds?: number;
}

/** Rejects with Node's own error when it cannot listen (`code: "EADDRINUSE"`). */
export async function startOpenIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const { port, host = "127.0.0.1", accessTokenTtlSeconds = api.accessTokenTTL } = options;
  const module = await loadOidcProvider();
  let keys = await generateProviderKeys();
  const kept = createKept();
  const server = createServer();
  const listeningPort = await listenOn(server, port, host);
  const issuer = `http://${host}:${listeningPort}`;
  const createListener = () => createAnswer(module, issuer, { ...kept, keys, accessTokenTtlSeconds });
  let answer = createListener();
  server.on("request", (request, response) => answer(request, response));

  return {
    issuer,
    port: listeningPort,
    mint: (user, claims = {}, header = {}) => keys.sign({ ...tokenClaims(issuer, user), ...claims }, header),
    rotateKeys: async () => {
      keys = await generateProviderKeys();
      answer = createListener();
    },
    close: () => closeAtOnce(server),
  };
}

function createAnswer(
  module: OidcProviderModule,
  issuer: string,
  settings: ProviderSettings,
): RequestListener {
  const provider = new module.Provider(issuer, configuration(module, settings));
  registerUserGrant(provider, (sentence) => new module.errors.InvalidRequest(sentence));
  provider.use(refuseForeignHost);
  provider.use(serveSignIn(provider));
  provider.use(refuseFormWithoutSession);
  provider.use(showCodeOfUri);
  // Asked for at each call: a test that moves the process's clock moves this one with it.
  provider.use(paceDevices(() => Date.now()));
  const answer = provider.callback();
  return (request, response) => void answer(request, response);
}

/** A name of another site's that leads to this machine (DNS rebinding) would let its pages read tokens here. */
const refuseForeignHost: Middleware = async (ctx, next) => {
  if (isLoopbackHost(ctx.hostname.toLowerCase())) {
    await next();
    return;
  }
  ctx.status = 421;
  ctx.body = "this provider answers at addresses of this machine only\n";
};

function tokenClaims(issuer: string, sub: string): Record<string, unknown> {
  const user = findUser(sub);
  if (!user) throw new Error(`no sample user ${sub}`);
  const iat = Math.floor(Date.now() / 1_000);
  return {
    ...user,
    iss: issuer,
    aud: api.audience,
    iat,
    exp: iat + api.accessTokenTTL,
    jti: randomUUID(),
    scope: api.scope,
    client_id: shellClientId,
  };
}
