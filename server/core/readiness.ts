// Why the gateway should get no traffic now: the answer of /readyz. Ready is who can serve: keys of every issuer have been
// fetched, and every role that can be asked for beforehand has been assumed. What worked once in this process and fails
// now is told of, and keeps nobody out: all replicas would go at once, with the callers of the other issuers and roles.

/** An issuer's signing keys. */
export interface IssuerReadiness {
  /** The issuer's short name. */
  readonly issuer: string;
  /** There is at least one key that serves. */
  readonly ready: boolean;
  /** In this process, at some time. */
  readonly hasHadKeys: boolean;
  /** Absent when the latest fetch went well. */
  readonly lastError?: string;
}

export interface RoleReadiness {
  /** Why no call of a role's can succeed yet. */
  readonly reasons: readonly string[];
  /** What else is worth knowing: roles that worked and do not now, roles that are not probed. */
  readonly notes: readonly string[];
}

export interface ReadinessParts {
  readonly keys: { status(): readonly IssuerReadiness[] };
  readonly roles: RoleReadiness;
  readonly isDraining: boolean;
  /** Sentences of limit-contradictions.ts. */
  readonly contradictions: readonly string[];
}

export interface Readiness {
  /** Empty: ready. */
  readonly reasons: readonly string[];
  /** What keeps nobody from being served, and is worth knowing. */
  readonly notes: readonly string[];
}

/** Whether each holds. Their names are a metric's labels. */
export interface ReadinessChecks {
  /** It takes new calls: nobody has asked it to stop. */
  readonly accepting: boolean;
  readonly keys: boolean;
  readonly limits: boolean;
  readonly roles: boolean;
}

export const checksOf = ({ keys, roles, isDraining, contradictions }: ReadinessParts): ReadinessChecks => ({
  accepting: !isDraining,
  keys: keys.status().every(canServe),
  limits: contradictions.length === 0,
  roles: roles.reasons.length === 0,
});

export function readinessOf({ keys, roles, isDraining, contradictions }: ReadinessParts): Readiness {
  const issuers = keys.status();
  const reasons = [
    ...(isDraining ? ["draining"] : []),
    ...contradictions,
    ...issuers.filter((issuer) => !canServe(issuer)).map(withoutKeys),
    ...roles.reasons,
  ];
  const failing = issuers.filter((issuer) => canServe(issuer) && issuer.lastError !== undefined);
  return { reasons, notes: [...failing.map(faultOf), ...roles.notes] };
}

/** Or could before: an issuer that withdraws its keys, or is down for a day, does so to every replica. */
const canServe = ({ ready, hasHadKeys }: IssuerReadiness): boolean => ready || hasHadKeys;

const withoutKeys = ({ issuer, lastError }: IssuerReadiness): string =>
  `no keys of issuer ${issuer}: ${lastError ?? "not fetched yet"}`;

const faultOf = (status: IssuerReadiness): string =>
  status.ready
    ? `the keys of issuer ${status.issuer} cannot be fetched now, and those in hand serve: ${status.lastError}`
    : `${withoutKeys(status)} (there were some before)`;
