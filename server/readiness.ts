// Why the gateway should get no traffic now: the answer of /readyz, empty when it should.
import type { FetchedSigningKeys } from "./adapters/signing-keys.js";

export interface ReadinessParts {
  readonly keys: Pick<FetchedSigningKeys, "status">;
  readonly isDraining: boolean;
  /** Sentences of core/limit-contradictions.ts. */
  readonly contradictions: readonly string[];
}

export function unreadyReasons({ keys, isDraining, contradictions }: ReadinessParts): string[] {
  const missing = keys.status().filter(({ ready }) => !ready);
  return [
    ...(isDraining ? ["draining"] : []),
    ...contradictions,
    ...missing.map(
      ({ issuer, lastError }) => `no keys of issuer ${issuer}: ${lastError ?? "not fetched yet"}`,
    ),
  ];
}
