// The URL of a Valkey or Redis server, as their clients write it:
// https://www.iana.org/assignments/uri-schemes/prov/redis, and `valkey`, `valkeys` alike. Databases by number only.
import { isLoopbackHost } from "./loopback.js";
import { accept, refuse, type Result } from "./result.js";

export interface ValkeyServer {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
  /** Absent: the server's `default` user. */
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
}

export interface ValkeySettings extends ValkeyServer {
  /** Who takes longer to answer cannot be asked. */
  readonly answerMs: number;
  /** Stands before each key. */
  readonly prefix: string;
}

/** Never quotes what it refuses: a password may be in it. */
export function parseValkeyUrl(text: string): Result<ValkeyServer, string> {
  const [, scheme = ""] = /^(rediss?|valkeys?):\/\/[^\s\\]+$/.exec(text) ?? [];
  if (scheme === "" || text.length > 2048 || !URL.canParse(text)) return refuse(allowed);
  const url = new URL(text);
  const hostname = url.hostname.toLowerCase();
  const database = /^\/?(\d{0,3})$/.exec(url.pathname)?.[1];
  if (hostname === "" || database === undefined || /[?#]/.test(text)) return refuse(allowed);
  const isTls = scheme === "rediss" || scheme === "valkeys";
  if (!isTls && !isOwnNetwork(hostname)) return refuse(plainRefused);
  const [username, password] = [decoded(url.username), decoded(url.password)];
  if (username === undefined || password === undefined) return refuse(allowed);
  return accept({
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || "6379"),
    isTls,
    ...(username !== "" && { username }),
    ...(password !== "" && { password }),
    database: Number(database),
  });
}

const allowed =
  "must be a URL such as rediss://user@cache.example.com:6379 (redis, rediss, valkey or valkeys; a database number may " +
  "follow), its user and password percent-encoded; `password` beside it takes one as it is";
const plainRefused =
  "is not encrypted: rediss: or valkeys: is needed, but for loopback hosts and names without a dot (services of Docker Compose)";

/**
 * Names without a dot are resolved by the machine's own network alone. They begin with a letter: a resolver takes
 * `134744072` for the address 8.8.8.8.
 */
const isOwnNetwork = (hostname: string): boolean =>
  isLoopbackHost(hostname) || /^[a-z][a-z0-9_-]*$/.test(hostname);

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
