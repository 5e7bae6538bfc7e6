// A token for the gateway: the kept one, else a refreshed one, else one by a new sign-in. One process renews and the
// others read what it wrote: a rotated refresh token that is used twice ends the whole sign-in (RFC 9700 4.14.2).
import { accept, refuse, type Result } from "../core/result.js";
import { signInByDevice } from "./device-flow.js";
import type { Failure, LoginPorts, LoginRequest, Turn } from "./ports.js";
import { discoverProvider, type Provider } from "./provider.js";
import { requestTokens, type TokenAnswer } from "./token-endpoint.js";
import { isNearEnd, isStillGood, type Tokens } from "./tokens.js";

export interface ObtainedToken {
  readonly accessToken: string;
  /** This process got it from the provider just now. */
  readonly isNew: boolean;
}

type Obtained = Result<ObtainedToken, Failure>;

interface Asked {
  readonly login: LoginRequest;
  readonly ports: LoginPorts;
  /** A token that the gateway did not take, though it seemed good. */
  readonly refused: string | undefined;
}

export async function obtainToken(
  login: LoginRequest,
  ports: LoginPorts,
  refused?: string,
): Promise<Obtained> {
  const asked = { login, ports, refused };
  const read = ports.store.read();
  if (!read.ok) return read;
  const kept = read.value;
  const good = goodOf(kept, asked);
  if (good !== undefined) return oldToken(good);
  if (kept?.refreshToken === undefined && !hasTerminal(ports)) return withoutPerson(asked, kept);
  const another = { signsIn: false };
  const obtained = await ports.store.alone(
    (turn) => obtainAlone(asked, turn, another.signsIn ? { before: kept } : undefined),
    () => {
      another.signsIn = true;
      return usableOf(kept, asked) ? refuse("the old token serves meanwhile") : waitForPerson(asked);
    },
  );
  return another.signsIn && !obtained.ok ? orOld(obtained.denial, kept, asked) : obtained;
}

/** Only a sign-in would help, and it cannot be here: no reason to wait for a turn, but what is wrong is told. */
async function withoutPerson(asked: Asked, kept: Tokens | undefined): Promise<Obtained> {
  const provider = await discoverProvider(asked.login.issuer, asked.ports);
  return orOld(provider.ok ? nobodySignedIn(asked) : provider.denial, kept, asked);
}

/** `waited`: another process asked the person while this one waited; `before` is what was kept until then. */
async function obtainAlone(
  asked: Asked,
  turn: Turn,
  waited: { readonly before: Tokens | undefined } | undefined,
): Promise<Obtained> {
  // Another process may have renewed it while this one waited.
  const read = asked.ports.store.read();
  if (!read.ok) return read;
  const kept = read.value;
  const good = goodOf(kept, asked);
  if (good !== undefined) return oldToken(good);
  if (waited !== undefined) {
    // Of a provider that does not say how long a token is good, or gives very short ones.
    if (kept !== undefined && kept.accessToken !== waited.before?.accessToken) return oldToken(kept);
    // The person has said no, or nothing. Once is enough.
    const sentence = "the sign-in that another process asked for came to nothing; try again";
    return refuse({ kind: "refused", sentence });
  }
  const tokens = await renew(asked, kept, turn);
  if (!tokens.ok) return orOld(tokens.denial, kept, asked);
  const written = asked.ports.store.write(tokens.value);
  return written.ok ? accept({ accessToken: tokens.value.accessToken, isNew: true }) : written;
}

const goodOf = (kept: Tokens | undefined, { ports, refused }: Asked): Tokens | undefined =>
  kept && kept.accessToken !== refused && !isNearEnd(kept, ports.clock()) ? kept : undefined;

const usableOf = (kept: Tokens | undefined, { ports, refused }: Asked): Tokens | undefined =>
  kept && kept.accessToken !== refused && isStillGood(kept, ports.clock()) ? kept : undefined;

const oldToken = ({ accessToken }: Tokens): Obtained => accept({ accessToken, isNew: false });

/** An outage of the provider's, or a sign-in elsewhere, is none of ours while the old token lasts. */
function orOld(failure: Failure, kept: Tokens | undefined, asked: Asked): Obtained {
  const usable = usableOf(kept, asked);
  return usable === undefined ? refuse(failure) : oldToken(usable);
}

async function renew(asked: Asked, kept: Tokens | undefined, turn: Turn): Promise<TokenAnswer> {
  const provider = await discoverProvider(asked.login.issuer, asked.ports);
  if (!provider.ok) return provider;
  const refreshed = kept && (await refresh(asked, provider.value, kept));
  // An outage is no reason to bother a person.
  if (refreshed?.ok === true || refreshed?.denial.kind === "unavailable") return refreshed;
  return signIn(asked, provider.value, turn);
}

async function refresh(
  { login, ports }: Asked,
  provider: Provider,
  kept: Tokens,
): Promise<TokenAnswer | undefined> {
  if (kept.refreshToken === undefined) return undefined;
  const grant = { grant_type: "refresh_token", refresh_token: kept.refreshToken };
  return requestTokens(login, provider, grant, ports, kept);
}

async function signIn(asked: Asked, provider: Provider, turn: Turn): Promise<TokenAnswer> {
  const { login, ports } = asked;
  const terminal = ports.openTerminal();
  if (terminal === undefined) return refuse(nobodySignedIn(asked));
  try {
    turn.asksPerson();
    return await signInByDevice(login, provider, ports, terminal, turn.stillHere);
  } finally {
    terminal.close();
  }
}

const nobodySignedIn = ({ login, ports }: Asked): Failure => ({
  kind: "refused",
  sentence: `nobody is signed in at ${login.issuer}; run this once in a terminal: ${ports.command}`,
});

/** How a process takes it that another is asking the person. */
function waitForPerson({ login, ports }: Asked): Result<undefined, string> {
  const terminal = ports.openTerminal();
  if (terminal === undefined)
    return refuse(
      `nobody is signed in at ${login.issuer} yet; another process is signing in: try again then`,
    );
  terminal.print("grantway: another process is signing in; waiting\n");
  terminal.close();
  return accept(undefined);
}

function hasTerminal({ openTerminal }: LoginPorts): boolean {
  const terminal = openTerminal();
  terminal?.close();
  return terminal !== undefined;
}
