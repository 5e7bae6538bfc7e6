// Tells the operator that a rule's sessions come near STS's limit on policy and tags together, before a caller with
// longer claims is refused. STS does not publish how it packs them, so this cannot be predicted.
import type { Clock } from "../ports.js";
import type { AssumeRoleCall } from "./role-sessions.js";

/** In percent of what STS takes. */
const warnFrom = 70;
const quietMs = 3_600_000;

export interface PackedPolicyWarning {
  readonly clock: Clock;
  readonly warn: (fields: object, message: string) => void;
}

/** Warns once for each rule in an hour. */
export function createPackedPolicyWarning({
  clock,
  warn,
}: PackedPolicyWarning): (call: Omit<AssumeRoleCall, "spec">) => void {
  // As many as there are rules in the configuration.
  const warnedAt = new Map<string, number>();
  return ({ rule, session }) => {
    const packedPolicySize = session?.packedPolicySize ?? 0;
    const now = clock();
    if (packedPolicySize < warnFrom || now - (warnedAt.get(rule) ?? -Infinity) < quietMs) return;
    warnedAt.set(rule, now);
    warn({ rule, packedPolicySize }, "session policy and tags are near STS's limit");
  };
}
