// Which grant a caller gets: one per route and caller, asked for once by all who wait, renewed before its end, never
// handed out after it, and never to another caller.
import type { ServerClock } from "./clock.js";
import { GrantwayError } from "./errors.js";
import { endOf, type Grant } from "./grant.js";
import { isSameCaller, isSameUser, type Tokens } from "./tokens.js";
import { createFlights } from "./wait.js";

export interface Grants {
  /** Asks for the caller's token first, each time: whoever has signed out or in since gets nothing of the one before. */
  get(route: string | undefined): Promise<Grant>;
  /** Instead of one that AWS calls over. The same again where somebody else has signed in since. */
  replace(ended: Grant, route: string | undefined): Promise<Grant>;
}

export interface GrantSource {
  readonly tokens: Tokens;
  readonly clock: ServerClock;
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

export function createGrants({ tokens, clock, request }: GrantSource): Grants {
  const entries = new Map<string | undefined, Entry>();
  const flights = createFlights<Grant>();
  const owners = new WeakMap<Grant, Entry>();

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
    if (!(left > 0)) throw new GrantwayError("grant_expired", "The grant is over");
    entry.grant = grant;
    owners.set(grant, entry);
    entry.renewAt = endOf(grant) - Math.min(leadMs, left / 4) * (1 + Math.random() / 5);
    return grant;
  };

  const grantFor = async (route: string | undefined, token: string): Promise<Grant> => {
    const entry = entryOf(route, token);
    const { grant } = entry;
    if (grant && clock.now() < entry.renewAt) return grant;
    try {
      return await flights(entry, () => renew(entry, route, token));
    } catch (error) {
      // While a grant holds, an outage of the gateway is no reason to fail; a refusal is, and ends it.
      if (!isOutage(error)) entry.grant = undefined;
      if (!grant || !entry.grant || clock.now() >= endOf(grant)) throw error;
      entry.renewAt = Math.min(clock.now() + pauseMs, endOf(grant));
      return grant;
    }
  };

  const get = async (route: string | undefined): Promise<Grant> => {
    const token = await tokens();
    try {
      return await grantFor(route, token);
    } catch (error) {
      const next = statusOf(error) === 401 ? await tokens(token) : token;
      if (next === token) throw error;
      return grantFor(route, next);
    }
  };

  return {
    get,
    async replace(ended, route) {
      const owner = owners.get(ended);
      if (owner?.grant === ended) owner.grant = undefined;
      const next = await get(route);
      return isSameUser(owner?.token, owners.get(next)?.token) ? next : ended;
    },
  };
}

/** 503 where nobody answered, and no number for a fault of our own. */
const statusOf = (error: unknown): number => (error instanceof GrantwayError ? (error.status ?? 503) : NaN);

/** No answer, or one that is neither a grant nor a refusal: a network that wants a login answers for everybody. */
function isOutage(error: unknown): boolean {
  const status = statusOf(error);
  return status < 400 || status === 429 || status >= 500;
}
