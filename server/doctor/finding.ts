// What a doctor says of one thing that is wrong: its id, where, what it causes, and what to paste. Ids are part of the
// product: whoever watches for one in `--json` may rely on it (docs/doctor.md lists them all).

export const findingIds = [
  "sts_refuses_gateway",
  "clock_skew",
  "role_unknown",
  "assume_role_denied",
  "tag_session_denied",
  "set_source_identity_denied",
  "trust_condition_refuses",
  "duration_above_maximum",
  "duration_cut_by_chaining",
  "lambda_permission_missing",
  "lambda_permission_unqualified",
  "execute_api_permission_missing",
  "authorizer_permission_missing",
  "region_unavailable",
  "function_unknown",
  "function_url_missing",
  "function_url_of_another_function",
  "function_url_public",
  "function_url_buffers",
  "cors_doubled",
  "function_timeout_short",
  "function_outlives_route",
  "reserved_concurrency_zero",
  "issuer_unreachable",
  "issuer_differs",
  "issuer_keys_unusable",
  "issuer_key_weak",
  "alb_idle_timeout",
  "alb_deregistration_delay",
  "fly_kill_timeout",
  "fly_idle_timeout",
] as const;
export type FindingId = (typeof findingIds)[number];

export interface Paste {
  /** Where it goes: `the trust policy of grantway-analyst`. */
  readonly into: string;
  readonly format: "json" | "yaml" | "toml" | "sh";
  readonly text: string;
}

export interface Finding {
  readonly id: FindingId;
  /** error: calls fail. warning: some do, or will. note: worth knowing, and no failure of the doctor's. */
  readonly severity: "error" | "warning" | "note";
  /** Rules, routes and issuers: `roles[0] analyst`. */
  readonly where: readonly string[];
  readonly problem: string;
  /** What callers see of it. */
  readonly effect: string;
  /** read: from AWS's description of it. probed: by a call that does what the gateway does. */
  readonly learnt: "read" | "probed";
  readonly paste?: Paste;
}

/** Something that was not looked at, which is no finding and no clean bill either. */
export interface Blind {
  readonly where: readonly string[];
  /** `could not see ...: needs iam:GetRole` */
  readonly sentence: string;
}

export interface Report {
  readonly gateway: string;
  readonly findings: readonly Finding[];
  readonly blind: readonly Blind[];
  /** How many things were looked at, each way. */
  readonly learnt: { readonly read: number; readonly probed: number };
}

/** The same of several routes is one finding: all but where it is. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const { where: its, ...said } = finding;
    const key = JSON.stringify(said);
    const before = merged.get(key);
    const where = [...new Set([...(before?.where ?? []), ...its])];
    merged.set(key, { ...finding, where });
  }
  const rank = { error: 0, warning: 1, note: 2 };
  return [...merged.values()].sort((a, b) => rank[a.severity] - rank[b.severity]);
}

export const json = (value: unknown): string => JSON.stringify(value, null, 2);
