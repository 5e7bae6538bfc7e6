// Which grant a caller gets: one per route and caller, asked for once by all who wait, renewed before its end, never
// handed out after it, and never to another caller.
import type { ServerClock } from "./clock.js";
import { GrantwayError } from "./errors.js";
import { endOf, type Grant } from "./grant.js";
import { isSameCaller, type Tokens } from "./tokens.js";
import { createFlights } from "./wait.js";

export interface Grants {
  /** Asks for the caller's token first, each time: whoever has signed out or in since gets nothing of the one before. */
  get(route: string | undefined): Promise<Grant>;
  /** AWS says that this one is over. */
  forget(grant: Grant): void;
}

export interface GrantSource {
  readonly tokens: Tokens;
  readonly clock: ServerClock;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly request: (route: string | undefined, token: string) => Promise<Grant>;
}

interface Entry {
  readonly token: string;
  grant?: Grant | undefined;
  renewAt: number;
}

/**
 * Five minutes before the end, which is when AWS's SDK for JavaScript asks again (botocore asks at 15, but reads the
 * grant door itself); of a short grant the last quarter. A fifth of that at random: pages that were opened together do
 * not come back together.
 */
const leadMs = 5 * 60_000;
/** After a renewal that failed while the old grant still holds. */
const pauseMs = 10_000;

export function createGrants({ tokens, clock, random, request }: GrantSource): Grants {
  const entries = new Map<string | undefined, Entry>();
  const flights = createFlights<Grant>();

  const entryOf = (route: string | undefined, token: string): Entry => {
    const found = entries.get(route);
    if (found && isSameCaller(found.token, token)) return found;
    const entry: Entry = { token, renewAt: 0 };
    entries.set(route, entry);
    return entry;
  };

  const renew = async (entry: Entry, route: string | undefined, token: string): Promise<Grant> => {
    const grant = await request(route, token);
    const left = endOf(grant) - clock.now();
    if (!(left > 0)) throw new GrantwayError("grant_expired", "The grant is over already");
    entry.grant = grant;
    entry.renewAt = endOf(grant) - Math.min(leadMs, left / 4) * (1 + random() / 5);
    return grant;
  };

  const grantFor = async (route: string | undefined, token: string): Promise<Grant> => {
    const entry = entryOf(route, token);
    const { grant } = entry;
    const holds = (): boolean => grant !== undefined && clock.now() < endOf(grant);
    if (grant && holds() && clock.now() < entry.renewAt) return grant;
    try {
      return await flights(entry, () => renew(entry, route, token));
    } catch (error) {
      // While a grant holds, an outage of the gateway is no reason to fail; a refusal is.
      if (!grant || !holds() || !isOutage(error as GrantwayError)) throw error;
      entry.renewAt = clock.now() + pauseMs;
      return grant;
    }
  };

  return {
    async get(route) {
      const token = await tokens();
      try {
        return await grantFor(route, token);
      } catch (error) {
        const next = (error as GrantwayError).status === 401 ? await tokens(token) : token;
        if (next === token) throw error;
        return grantFor(route, next);
      }
    },
    forget(grant) {
      for (const entry of entries.values()) if (entry.grant === grant) entry.grant = undefined;
    },
  };
}

/** An error without a status: there was no answer. */
const isOutage = ({ status = 503 }: GrantwayError): boolean => status === 429 || status >= 500;
