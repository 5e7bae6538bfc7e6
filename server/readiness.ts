// Why the gateway should get no traffic now: the answer of /readyz. Ready is who can serve: keys of every issuer are in
// hand, and every role that can be asked for beforehand has been assumed.
import type { RoleReadiness } from "./adapters/probe-roles.js";
import type { FetchedSigningKeys } from "./adapters/signing-keys.js";

export interface ReadinessParts {
  readonly keys: Pick<FetchedSigningKeys, "status">;
  readonly roles: RoleReadiness;
  readonly isDraining: boolean;
  /** Sentences of core/limit-contradictions.ts. */
  readonly contradictions: readonly string[];
}

export interface Readiness {
  /** Empty: ready. */
  readonly reasons: readonly string[];
  /** What keeps nobody from being served, and is worth knowing. */
  readonly notes: readonly string[];
}

export function readinessOf({ keys, roles, isDraining, contradictions }: ReadinessParts): Readiness {
  const missing = keys.status().filter(({ ready }) => !ready);
  const reasons = [
    ...(isDraining ? ["draining"] : []),
    ...contradictions,
    ...missing.map(
      ({ issuer, lastError }) => `no keys of issuer ${issuer}: ${lastError ?? "not fetched yet"}`,
    ),
    ...roles.reasons,
  ];
  return { reasons, notes: roles.notes };
}
