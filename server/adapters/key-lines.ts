// Lines about the issuers' keys: one when they cannot be fetched any more, one when they can again. The keys in hand serve
// on for a day, so that an operator has that long to learn of it.
import type { KeysOutcome } from "./issuer-keys.js";
import type { Log } from "./log.js";

export function createKeyLines(log: Log): (issuer: string, outcome: KeysOutcome) => void {
  const failing = new Set<string>();
  return (issuer, outcome) => {
    if (outcome.ok && failing.delete(issuer))
      log.info({ issuer, keys: outcome.value.keys }, "signing keys fetched again");
    if (outcome.ok || failing.has(issuer)) return;
    failing.add(issuer);
    log.warn({ issuer, cause: outcome.denial }, "signing keys cannot be fetched");
  };
}
