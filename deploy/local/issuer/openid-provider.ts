// The local OpenID provider: npm's oidc-provider with sample users, on loopback. FOR THE LAPTOP ONLY: whoever reaches
// it gets a token of any user (see user-grant.ts). It has no login page; the authorization code flow is configured,
// but a client and a page to log in on must be added to use it.
import { createServer, type RequestListener } from "node:http";
import { randomBytes, randomUUID } from "node:crypto";
import type { Configuration } from "oidc-provider";
import { closeAtOnce, listenOn } from "../loopback.js";
import { loadOidcProvider, type OidcProviderModule } from "./load-oidc-provider.js";
import { createMemoryAdapter } from "./memory-adapter.js";
import { generateProviderKeys, type JwtHeader, type ProviderKeys } from "./provider-keys.js";
import { api, registerUserGrant, shellClientId, userGrant } from "./user-grant.js";
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

/** Port 0 is any free one. Rejects with Node's own error when it cannot listen (`code: "EADDRINUSE"`). */
export async function startOpenIdProvider({
  port,
  host = "127.0.0.1",
}: {
  port: number;
  host?: string;
}): Promise<OpenIdProvider> {
  const oidcProvider = await loadOidcProvider();
  let keys = await generateProviderKeys();
  const server = createServer();
  const listeningPort = await listenOn(server, port, host);
  const issuer = `http://${host}:${listeningPort}`;
  let answer = createAnswer(oidcProvider, issuer, keys);
  server.on("request", (request, response) => answer(request, response));

  return {
    issuer,
    port: listeningPort,
    mint: (user, claims = {}, header = {}) => keys.sign({ ...tokenClaims(issuer, user), ...claims }, header),
    rotateKeys: async () => {
      keys = await generateProviderKeys();
      answer = createAnswer(oidcProvider, issuer, keys);
    },
    close: () => closeAtOnce(server),
  };
}

function createAnswer(
  { Provider, errors }: OidcProviderModule,
  issuer: string,
  keys: ProviderKeys,
): RequestListener {
  const provider = new Provider(issuer, configuration(keys));
  registerUserGrant(provider, (sentence) => new errors.InvalidRequest(sentence));
  const answer = provider.callback();
  return (request, response) => void answer(request, response);
}

/** Every setting whose default would print a "development only" line is given here. */
function configuration(keys: ProviderKeys): Configuration {
  return {
    adapter: createMemoryAdapter,
    jwks: keys.jwks,
    cookies: { keys: [randomBytes(32).toString("hex")] },
    clients: [
      {
        client_id: shellClientId,
        token_endpoint_auth_method: "none",
        grant_types: [userGrant],
        response_types: [],
        redirect_uris: [],
      },
    ],
    findAccount: (_ctx, sub) => {
      const user = findUser(sub);
      return user && { accountId: sub, claims: () => ({ ...user }) };
    },
    claims: {
      openid: ["sub"],
      profile: ["name"],
      email: ["email", "email_verified"],
      company: ["groups", "tenant"],
    },
    extraTokenClaims: (_ctx, token) => {
      const user = token.kind === "AccessToken" ? findUser(token.accountId) : undefined;
      return user && { ...user };
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => api.audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => api,
      },
    },
    clientBasedCORS: () => false,
    renderError: (ctx, { error, error_description: description }) => {
      ctx.type = "text/plain";
      ctx.body = `${error}: ${description ?? "no description"}\n`;
    },
    ttl: {
      AccessToken: api.accessTokenTTL,
      IdToken: api.accessTokenTTL,
      Interaction: 3_600,
      Session: 86_400,
      Grant: 86_400,
    },
  };
}

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
