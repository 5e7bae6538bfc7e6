// What `explain` finds out about one call, as it stands in `--json`: the steps of the way through, in order, as far as
// the call got. Never holds the token.
import type { AssumeRoleCommandInput } from "@aws-sdk/client-sts";
import type { Denial } from "../core/denial.js";
import type { Door } from "../core/model.js";
import type { TargetStep } from "./target-step.js";

export interface Explanation {
  /** ISO 8601: the moment for which this was decided. */
  readonly at: string;
  readonly request: CallRequest;
  readonly route: RouteStep;
  /** Absent where no route was found: the gateway would not look at the token. */
  readonly token?: TokenStep;
  readonly scopes?: { readonly needsOneOf: readonly string[]; readonly has: readonly string[] };
  readonly rules?: readonly RuleStep[];
  /** Of the rule that matches. */
  readonly slots?: readonly SlotStep[];
  /** All of them, in order; absent where there are none. */
  readonly limits?: readonly LimitStep[];
  readonly answer: Answer;
}

export interface CallRequest {
  readonly method: string;
  /** As on the request line: path and query. */
  readonly target: string;
  /** `grant`: the grant door of the route that this line finds. */
  readonly door?: Door | undefined;
  /** The caller's address, for rules with `bindSourceIp`. */
  readonly sourceIp?: string | undefined;
}

export type RouteStep =
  | {
      readonly found: true;
      readonly key: string;
      readonly name: string;
      readonly door: Door;
      readonly params: Readonly<Record<string, string>>;
      readonly target: TargetStep;
    }
  | { readonly found: false; readonly others: readonly { readonly key: string; readonly why: string }[] };

export interface TokenStep {
  readonly from: "token" | "claims";
  /** The issuer's short name. */
  readonly issuer?: string;
  readonly checks: readonly Check[];
  /** Claims that were not given, and stand here with values that pass. */
  readonly assumed: readonly string[];
}

export interface Check {
  readonly check: string;
  readonly outcome: "passed" | "failed" | "not checked" | "not applicable";
  readonly detail: string;
}

export interface RuleStep {
  readonly rule: string;
  readonly when: string;
  readonly outcome: "matches" | "does not match" | "not asked" | "not on this route";
  /** Why it does not match. */
  readonly cause?: string;
}

export interface SlotStep {
  /** `roleArn`, `sessionName`, `tags.tenant`, `policy[0].Resource`, `headers.x-caller-sub`, `target.tenantId`. */
  readonly slot: string;
  readonly expression: string;
  /** What the expression gives; its form in the session is in the AssumeRole input. Absent: see `fault`. */
  readonly value?: unknown;
  readonly fault?: string;
}

export interface LimitStep {
  readonly limit: string;
  /** `600 calls in 1m, 20 calls at once` */
  readonly allows: string;
  /** The expression. */
  readonly key: string;
  readonly outcome: "counts" | "not for this caller" | "not on this route";
  /** Of the key. Absent where it is not asked, or see `fault`. */
  readonly value?: unknown;
  readonly fault?: string;
}

export type Answer = Granted | Refused;

export interface Granted {
  readonly granted: true;
  /** Name of the rule. */
  readonly rule: string;
  readonly assumeRole: AssumeRoleCommandInput;
  /** Set on the relayed request; the proxy door only. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `X-Amz-Tenant-Id`; the proxy door only. */
  readonly tenantId?: string;
}

export interface Refused {
  readonly granted: false;
  /** For the operator. */
  readonly denial: Denial;
  /** All that the caller sees. */
  readonly problem: {
    readonly status: number;
    readonly code: string;
    readonly title: string;
    readonly detail: string;
  };
}
