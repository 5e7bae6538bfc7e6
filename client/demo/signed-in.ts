// Who is signed in, for as long as the page is open: the access token, renewed before its end, and what it says.
import { SignInEnded, type SignIn, type Tokens } from "./sign-in.js";

/** As the local provider writes them into its access tokens. Shown, and never decided by: the gateway checks the token. */
export interface Claims {
  readonly sub: string;
  readonly name?: string;
  readonly groups?: readonly string[];
  readonly tenant?: string;
}

export interface SignedIn {
  readonly claims: Claims;
  /** Epoch milliseconds. */
  readonly ends: () => number;
  /** For createClient. `refused`: the gateway did not take that one. */
  readonly token: (hint?: { readonly refused: string }) => Promise<string>;
}

/** A call that begins with the token should still find it good. */
const leadMs = 60_000;

export function createSignedIn(first: Tokens, renew: SignIn["renew"], renewed: () => void): SignedIn {
  let tokens = first;
  // Refresh tokens are good once: several calls at a time wait for one renewal.
  let renewal: Promise<Tokens> | undefined;

  const renewOnce = async (refreshToken: string): Promise<void> => {
    renewal ??= renew(refreshToken);
    try {
      tokens = await renewal;
      renewed();
    } finally {
      renewal = undefined;
    }
  };

  return {
    claims: claimsOf(first.accessToken),
    ends: () => tokens.ends,
    async token(hint) {
      const { accessToken, refreshToken, ends } = tokens;
      if (hint?.refused !== accessToken && ends - Date.now() > leadMs) return accessToken;
      if (refreshToken === undefined) throw new SignInEnded("no refresh token");
      await renewOnce(refreshToken);
      return tokens.accessToken;
    },
  };
}

export function claimsOf(accessToken: string): Claims {
  const payload = accessToken.split(".")[1] ?? "";
  const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (each) =>
    each.charCodeAt(0),
  );
  return JSON.parse(new TextDecoder().decode(bytes)) as Claims;
}
