// A token for the gateway: the kept one, else a refreshed one, else one by a new sign-in. One process renews and the
// others read what it wrote: a rotated refresh token that is used twice ends the whole sign-in (RFC 9700 4.14.2).
import { accept, refuse, type Result } from "../core/result.js";
import { signInByDevice } from "./device-flow.js";
import type { Failure, LoginPorts, LoginRequest } from "./ports.js";
import { discoverProvider, type Provider } from "./provider.js";
import { requestTokens, type TokenAnswer } from "./token-endpoint.js";
import { isNearEnd, isStillGood, type Tokens } from "./tokens.js";

export interface ObtainedToken {
  readonly accessToken: string;
  /** This process got it from the provider just now. */
  readonly isNew: boolean;
}

/** `refused` is a token that the gateway did not take, though it seemed good. */
export async function obtainToken(
  login: LoginRequest,
  ports: LoginPorts,
  refused?: string,
): Promise<Result<ObtainedToken, Failure>> {
  const goodOf = (kept: Tokens | undefined): ObtainedToken | undefined =>
    kept && kept.accessToken !== refused && !isNearEnd(kept, ports.clock())
      ? { accessToken: kept.accessToken, isNew: false }
      : undefined;
  const kept = ports.store.read();
  if (!kept.ok) return kept;
  const good = goodOf(kept.value);
  if (good !== undefined) return accept(good);
  return ports.store.alone(async (stillHere) => {
    // Another process may have renewed it while this one waited.
    const again = ports.store.read();
    if (!again.ok) return again;
    const renewed = goodOf(again.value);
    if (renewed !== undefined) return accept(renewed);
    const tokens = await renew(login, ports, again.value, stillHere);
    if (tokens.ok) {
      const written = ports.store.write(tokens.value);
      return written.ok ? accept({ accessToken: tokens.value.accessToken, isNew: true }) : written;
    }
    // An outage of the provider's is none of ours while the old token lasts.
    const old = again.value;
    const isUsable = old && old.accessToken !== refused && isStillGood(old, ports.clock());
    return isUsable ? accept({ accessToken: old.accessToken, isNew: false }) : tokens;
  });
}

async function renew(
  login: LoginRequest,
  ports: LoginPorts,
  kept: Tokens | undefined,
  stillHere: () => void,
): Promise<TokenAnswer> {
  const provider = await discoverProvider(login.issuer, ports);
  if (!provider.ok) return provider;
  const refreshed = kept && (await refresh(login, provider.value, ports, kept));
  // An outage is no reason to bother a person.
  if (refreshed?.ok === true || refreshed?.denial.kind === "unavailable") return refreshed;
  return signIn(login, provider.value, ports, stillHere);
}

async function refresh(
  login: LoginRequest,
  provider: Provider,
  ports: LoginPorts,
  kept: Tokens,
): Promise<TokenAnswer | undefined> {
  if (kept.refreshToken === undefined) return undefined;
  const grant = { grant_type: "refresh_token", refresh_token: kept.refreshToken };
  return requestTokens(login, provider, grant, ports, kept);
}

async function signIn(
  login: LoginRequest,
  provider: Provider,
  ports: LoginPorts,
  stillHere: () => void,
): Promise<TokenAnswer> {
  const terminal = ports.openTerminal();
  if (terminal === undefined) {
    const sentence = `nobody is signed in at ${login.issuer}; run this once in a terminal: ${ports.command}`;
    return refuse({ kind: "refused", sentence });
  }
  try {
    return await signInByDevice(login, provider, ports, terminal, stillHere);
  } finally {
    terminal.close();
  }
}
