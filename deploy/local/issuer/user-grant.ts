// FOR THE LAPTOP ONLY. An OAuth extension grant (RFC 6749 4.5) that gives an access token to whoever names a user,
// with no password at all, so that a shell can say "I am alice". The local twin binds it to loopback; nothing
// like it may exist where tokens are worth something.
import type { Provider, TokenEndpointGrantContext } from "oidc-provider";
import { findUser, userNames } from "./users.js";

export const userGrant = "urn:grantway:local:user";
export const shellClientId = "grantway-shell";

/** The API that access tokens are meant for (RFC 8707): the `audience` of the gateway's configuration. */
export const api = {
  audience: "https://api.grantway.local",
  scope: "reports:read reports:write",
  accessTokenFormat: "jwt",
  accessTokenTTL: 3_600,
  jwt: { sign: { alg: "RS256" } },
} as const;

const maxTtlSeconds = 86_400;

interface UserGrantParameters {
  readonly user?: string;
  readonly ttl?: string;
}

/** `refuse` makes oidc-provider's own error of a sentence: an RFC 6749 5.2 `invalid_request`. */
export function registerUserGrant(provider: Provider, refuse: (sentence: string) => Error): void {
  const handler = async (ctx: TokenEndpointGrantContext<UserGrantParameters>): Promise<void> => {
    const { client, params } = ctx.oidc;
    const user = findUser(params.user ?? "");
    if (!user) throw refuse(`no such user; there are: ${userNames.join(", ")}`);
    const expiresIn = ttlSeconds(params.ttl);
    if (expiresIn === undefined) throw refuse(`ttl must be 1 to ${maxTtlSeconds} seconds`);

    // Any scope is granted: a shell wants to see what a token with, or without, a scope meets at the gateway.
    const scope = params.scope ?? api.scope;
    const grant = new provider.Grant({ accountId: user.sub, clientId: client.clientId });
    grant.addResourceScope(api.audience, scope);
    const token = new provider.AccessToken({
      client,
      accountId: user.sub,
      grantId: await grant.save(),
      gty: userGrant,
      scope,
      resourceServer: new provider.ResourceServer(api.audience, { ...api, scope }),
      expiresIn,
    });
    ctx.body = {
      access_token: await token.save(),
      token_type: token.tokenType,
      expires_in: expiresIn,
      scope,
    };
  };
  provider.registerGrantType<UserGrantParameters>(userGrant, handler, ["user", "ttl", "scope"]);
}

function ttlSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return api.accessTokenTTL;
  const seconds = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= maxTtlSeconds ? seconds : undefined;
}
