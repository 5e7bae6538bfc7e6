// Sign-in at an OpenID provider: authorization code with PKCE (RFC 7636, S256), state, nonce and `iss` checked (RFC 9700
// 2.1, RFC 9207). oauth4webapi does the protocol; here stands what a page adds. Tokens are never stored: only what must
// outlive the way to the provider and back is, and it is taken out at once.
import * as oauth from "oauth4webapi";
import type { Settings } from "./settings.js";

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** Epoch milliseconds. */
  readonly ends: number;
}

export interface SignIn {
  /** Leaves the page for the provider's. */
  readonly begin: () => Promise<void>;
  /** Tokens where the provider has just sent the browser back with a code; nothing where this is a page like any other. */
  readonly complete: () => Promise<Tokens | undefined>;
  /** @throws SignInEnded when the provider gives no more. */
  readonly renew: (refreshToken: string) => Promise<Tokens>;
}

/** What the person at the page can do about it is to sign in. */
export class SignInEnded extends Error {}

const kept = "grantway-demo-sign-in";
// oauth4webapi wants https; the local provider has http on loopback, which RFC 8252 8.3 allows.
// eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so as to stand out; a real page has no such line
const onLoopback = { [oauth.allowInsecureRequests]: true } as const;

interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export function createSignIn({ issuer, clientId }: Settings): SignIn {
  const client: oauth.Client = { client_id: clientId };
  const redirectUri = `${location.origin}${location.pathname}`;
  const discover = async (): Promise<oauth.AuthorizationServer> => {
    const identifier = new URL(issuer);
    return oauth.processDiscoveryResponse(identifier, await oauth.discoveryRequest(identifier, onLoopback));
  };

  return {
    async begin() {
      const { authorization_endpoint: endpoint } = await discover();
      if (endpoint === undefined) throw new Error("the provider has no page to sign in on");
      const begun: Begun = {
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
        codeVerifier: oauth.generateRandomCodeVerifier(),
      };
      sessionStorage.setItem(kept, JSON.stringify(begun));
      const address = new URL(endpoint);
      address.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: "code",
        scope: "openid",
        state: begun.state,
        nonce: begun.nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(begun.codeVerifier),
        code_challenge_method: "S256",
      }).toString();
      location.assign(address);
    },

    async complete() {
      const address = new URL(location.href);
      const begun = takeBegun();
      if (!address.searchParams.has("code") && !address.searchParams.has("error")) return undefined;
      // Before anything can fail: a code must not stay in the address bar, nor in the history.
      history.replaceState(null, "", location.pathname);
      if (!begun) throw new Error("it was not begun in this tab. Please sign in again.");
      const server = await discover();
      const parameters = validate(() => oauth.validateAuthResponse(server, client, address, begun.state));
      const answer = await oauth.authorizationCodeGrantRequest(
        ...([server, client, oauth.None(), parameters, redirectUri, begun.codeVerifier, onLoopback] as const),
      );
      const expected = { expectedNonce: begun.nonce, requireIdToken: true };
      return tokensOf(await oauth.processAuthorizationCodeResponse(server, client, answer, expected));
    },

    async renew(refreshToken) {
      const server = await discover();
      const answer = await oauth.refreshTokenGrantRequest(
        server,
        client,
        oauth.None(),
        refreshToken,
        onLoopback,
      );
      try {
        return tokensOf(await oauth.processRefreshTokenResponse(server, client, answer));
      } catch (error) {
        if (error instanceof oauth.ResponseBodyError) throw new SignInEnded(error.error, { cause: error });
        throw error;
      }
    },
  };
}

/** The provider's own word on why not, where it has one. */
function validate<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof oauth.AuthorizationResponseError)) throw error;
    throw new Error(error.error_description ?? error.error, { cause: error });
  }
}

/** Good for one way back, be it the right one or not. */
function takeBegun(): Begun | undefined {
  const text = sessionStorage.getItem(kept);
  sessionStorage.removeItem(kept);
  return text === null ? undefined : (JSON.parse(text) as Begun);
}

const tokensOf = (answer: oauth.TokenEndpointResponse): Tokens => ({
  accessToken: answer.access_token,
  refreshToken: answer.refresh_token,
  ends: Date.now() + (answer.expires_in ?? 0) * 1000,
});
