// The settings of npm's oidc-provider for the laptop. Every setting whose default would print a "development only"
// line is given here.
import { randomBytes } from "node:crypto";
import type { Adapter, Configuration } from "oidc-provider";
import { clients, mayRead } from "./clients.js";
import { deviceFlow } from "./device.js";
import type { OidcProviderModule } from "./load-oidc-provider.js";
import { createMemoryAdapter } from "./memory-adapter.js";
import type { ProviderKeys } from "./provider-keys.js";
import { grantWhatIsAsked, signInEachTime } from "./sign-in.js";
import { api } from "./user-grant.js";
import { findUser } from "./users.js";

/** What outlives a change of the signing keys. */
export interface Kept {
  readonly cookieKey: string;
  readonly adapter: (kind: string) => Adapter;
}

export interface ProviderSettings extends Kept {
  readonly keys: ProviderKeys;
  readonly accessTokenTtlSeconds: number;
}

export function createKept(): Kept {
  const adapters = new Map<string, Adapter>();
  const adapter = (kind: string): Adapter => {
    const known = adapters.get(kind) ?? createMemoryAdapter();
    adapters.set(kind, known);
    return known;
  };
  return { cookieKey: randomBytes(32).toString("hex"), adapter };
}

export function configuration(module: OidcProviderModule, settings: ProviderSettings): Configuration {
  const { keys, cookieKey, adapter, accessTokenTtlSeconds } = settings;
  return {
    adapter,
    jwks: keys.jwks,
    cookies: { keys: [cookieKey] },
    clients,
    ...accounts,
    interactions: signInEachTime(module),
    loadExistingGrant: grantWhatIsAsked,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    expiresWithSession: () => false,
    features: features(accessTokenTtlSeconds),
    clientBasedCORS: (_ctx, origin, client) => mayRead(client.clientId, origin),
    renderError: (ctx, { error, error_description: description }) => {
      ctx.type = "text/plain";
      ctx.body = `${error}: ${description ?? "no description"}\n`;
    },
    ttl: {
      AccessToken: accessTokenTtlSeconds,
      IdToken: accessTokenTtlSeconds,
      DeviceCode: 600,
      Interaction: 3_600,
      RefreshToken: 86_400,
      Session: 86_400,
      Grant: 86_400,
    },
  };
}

const accounts: Pick<Configuration, "findAccount" | "claims" | "extraTokenClaims"> = {
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
};

/** An access token is for the API, whatever else is asked for. */
const features = (accessTokenTTL: number): Configuration["features"] => ({
  devInteractions: { enabled: false },
  rpInitiatedLogout: { enabled: false },
  deviceFlow,
  revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
  resourceIndicators: {
    enabled: true,
    defaultResource: () => api.audience,
    useGrantedResource: () => true,
    getResourceServerInfo: () => ({ ...api, accessTokenTTL }),
  },
});
