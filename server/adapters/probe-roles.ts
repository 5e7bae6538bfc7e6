// Whether each role can be assumed, found out by assuming it (core/role-probe.ts). Nothing runs by itself: whoever asks for
// readiness starts what is due, one call at a time for each role and a few in all, and is told what is known. A role that has worked once
// in this process counts as working: a later refusal or outage is told of, and takes no replica out of service, since all
// replicas would go at once, with the calls in flight and with every caller whose session still lasts.
import type { Denial } from "../core/denial.js";
import type { SessionSpec } from "../core/model.js";
import type { RoleReadiness } from "../core/readiness.js";
import { probeName, type ProbePlan, type RoleProbe } from "../core/role-probe.js";
import type { Clock, RoleSessions } from "../ports.js";

/** What works is asked again no sooner; a caller's session counts as asking. */
export const probeAgainMs = 15 * 60_000;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;
/** AWS gives an account 600 AssumeRole calls a second for everybody, and all replicas may start at once. */
export const probesAtOnce = 4;

export interface RoleProbesParts {
  readonly plan: ProbePlan;
  readonly roleSessions: RoleSessions;
  readonly clock: Clock;
  /** Called once for each probe, with what it was and what STS said. */
  readonly onProbed?: (probed: Probed) => void;
}

export interface Probed {
  readonly rules: readonly string[];
  readonly spec: SessionSpec;
  /** `ok`, or the reason of the refusal. */
  readonly outcome: string;
  readonly cause?: string;
  /** Of the session that STS gave: what CloudTrail shows. */
  readonly accessKeyId?: string;
  readonly assumeRoleRequestId?: string;
}

export interface RoleProbes {
  /** Starts what is due, and never waits for it. */
  refresh(): void;
  readiness(): RoleReadiness;
  /** A caller got a session of this rule's role. */
  worked(spec: SessionSpec): void;
  /** What is under way is not told of any more. */
  close(): void;
}

interface ProbeState {
  readonly probe: RoleProbe;
  hasWorked: boolean;
  dueAt: number;
  failures: number;
  isUnderWay: boolean;
  /** A sentence about the latest failure. */
  fault: string | undefined;
}

export function createRoleProbes({ plan, roleSessions, clock, onProbed }: RoleProbesParts): RoleProbes {
  const states = plan.probes.map((probe): ProbeState => ({
    probe,
    hasWorked: false,
    dueAt: -Infinity,
    failures: 0,
    isUnderWay: false,
    fault: undefined,
  }));
  let isClosed = false;

  async function run(state: ProbeState): Promise<void> {
    const { rules, spec } = state.probe;
    const result = await roleSessions.assume(spec);
    if (isClosed) return;
    if (result.ok) {
      succeeded(state, clock());
      const { credentials, requestId } = result.value;
      const { accessKeyId } = credentials;
      onProbed?.({ rules, spec, outcome: "ok", accessKeyId, assumeRoleRequestId: requestId });
      return;
    }
    const cause = causeOf(result.denial);
    failed(state, cause, clock());
    onProbed?.({ rules, spec, outcome: result.denial.reason, cause });
  }

  /** STS's refusals are values: what is thrown is a bug, and must not keep its role from being asked again. */
  function start(state: ProbeState): void {
    state.isUnderWay = true;
    run(state)
      .catch((error: unknown) => failed(state, String(error), clock()))
      .finally(() => {
        state.isUnderWay = false;
        refresh();
      });
  }

  /** Who was never asked, or has waited longest, goes first: roles that fail come back soon, and must not keep others out. */
  function refresh(): void {
    if (isClosed) return;
    const now = clock();
    const room = probesAtOnce - states.filter(({ isUnderWay }) => isUnderWay).length;
    const due = states.filter((state) => !state.isUnderWay && now >= state.dueAt);
    for (const state of due.toSorted((one, other) => one.dueAt - other.dueAt).slice(0, room)) start(state);
  }

  return {
    refresh,
    readiness: () => ({
      reasons: states.filter(({ hasWorked }) => !hasWorked).map(faultOf),
      notes: [
        ...states.filter(({ hasWorked, fault }) => hasWorked && fault !== undefined).map(faultOf),
        ...plan.unprobed,
      ],
    }),
    worked({ rule }) {
      const state = states.find(({ probe }) => probe.rules.includes(rule));
      if (state) succeeded(state, clock());
    },
    close: () => void (isClosed = true),
  };
}

function succeeded(state: ProbeState, now: number): void {
  Object.assign(state, { hasWorked: true, failures: 0, fault: undefined, dueAt: now + probeAgainMs });
}

function failed(state: ProbeState, fault: string, now: number): void {
  state.fault = fault;
  state.dueAt = now + Math.min(longestRetryMs, firstRetryMs * 2 ** state.failures);
  state.failures += 1;
}

const causeOf = (denial: Denial): string => ("cause" in denial ? denial.cause : undefined) ?? denial.reason;

function faultOf({ probe: { rules, spec }, hasWorked, fault }: ProbeState): string {
  const role = `role ${spec.roleArn} of rule ${rules.join(", ")}`;
  if (fault === undefined) return `${role} has not been assumed yet`;
  const when = hasWorked ? "cannot be assumed now, and could before" : "cannot be assumed";
  return `${role} ${when}: ${fault} (asked for as ${identityOf(spec)})`;
}

/** What a trust policy may have wanted otherwise. */
function identityOf({ roleSessionName, sourceIdentity, tags }: SessionSpec): string {
  const identity = sourceIdentity === undefined ? "no source identity" : `source identity ${sourceIdentity}`;
  const pairs = tags.map(({ key, value }) => (value === probeName ? key : `${key}=${value}`));
  const tagged = tags.length === 0 ? "no tags" : `tags ${pairs.join(", ")}`;
  return `session ${roleSessionName}, ${identity}, ${tagged}`;
}
