// `grantway release`: publish, shift the alias step by step, look between the steps, go on or go back. Where it stands
// is in AWS alone (the alias's weights and description), so that it can be resumed from anywhere.
import { pretend } from "./dry-run.js";
import type { Ending } from "./events.js";
import type { Limit } from "./judge.js";
import { type Mark, readMark } from "./mark.js";
import { moveAlias } from "./move-alias.js";
import { percentOf } from "./percent.js";
import type { AliasState, Fault, ReleasePorts, VersionState } from "./ports.js";
import { findBlindness, whyNot } from "./preconditions.js";
import { watchStep } from "./watch-step.js";

export interface ReleasePlan {
  /** Per cent, rising, below 100: the last step of all is the new version alone. */
  readonly steps: readonly number[];
  readonly everyMs: number;
  readonly limit: Limit;
  readonly isDryRun: boolean;
  readonly isResume: boolean;
  /** Release a version that was rolled back before. */
  readonly isAgain: boolean;
  /** Go on after a step in which nothing was seen. */
  readonly isQuietAllowed: boolean;
}

export async function release(ports: ReleasePorts, plan: ReleasePlan): Promise<Ending> {
  const alias = await ports.alias.read();
  if (!alias.ok) return tellFault(ports, alias.denial);
  if (plan.isResume) return resume(ports, plan, alias.value);
  const refusal = whyNot(alias.value);
  if (refusal !== undefined) return tellRefusal(ports, refusal);
  const blind = await findBlindness(ports, alias.value);
  if (blind !== undefined) return tellFault(ports, blind);
  const latest = await ports.alias.describe("$LATEST");
  if (!latest.ok) return tellFault(ports, latest.denial);
  if (plan.isDryRun) return pretend(ports, plan, alias.value, latest.value);
  return publishAndShift(ports, plan, alias.value, latest.value);
}

async function publishAndShift(
  ports: ReleasePorts,
  plan: ReleasePlan,
  alias: AliasState,
  latest: VersionState,
): Promise<Ending> {
  const published = await ports.alias.publish(latest.codeSha256);
  if (!published.ok) return tellFault(ports, published.denial);
  const { version: to } = published.value;
  const from = alias.functionVersion;
  if (to === from) {
    ports.tell({ event: "nothing", version: from });
    return "done";
  }
  const mark = readMark(alias.description);
  if (mark?.phase === "undone" && mark.to === to && !plan.isAgain)
    return tellRefusal(
      ports,
      `version ${to} was rolled back, and nothing has changed since; --again tries it anew`,
    );
  ports.tell({ event: "published", from, to });
  const ready = await untilActive(ports, published.value);
  if (ready !== undefined) return ready;
  const begun: Mark = { from, to, phase: "begun", at: ports.clock() };
  return shift(ports, plan, { alias, mark: begun, steps: plan.steps });
}

const ACTIVE_LOOKS = 150;
const ACTIVE_EVERY_MS = 2_000;

/** A version whose network or image is still being made takes no calls. */
async function untilActive(ports: ReleasePorts, published: VersionState): Promise<Ending | undefined> {
  let version = published;
  for (let look = 0; version.state === "Pending" && look < ACTIVE_LOOKS; look += 1) {
    await ports.sleep(ACTIVE_EVERY_MS);
    if (ports.isStopped()) return tellStopped(ports, 0, version.version);
    const described = await ports.alias.describe(version.version);
    if (!described.ok) return tellFault(ports, described.denial);
    version = described.value;
  }
  if (version.state === "Active") return undefined;
  return tellRefusal(
    ports,
    `version ${version.version} is ${version.state}: ${version.reason ?? "no reason given"}`,
  );
}

async function resume(ports: ReleasePorts, plan: ReleasePlan, alias: AliasState): Promise<Ending> {
  const { additional, description, functionVersion } = alias;
  const mark = readMark(description);
  const isBegun = mark?.phase === "begun" && mark.from === functionVersion;
  if (!isBegun || additional?.version !== mark.to)
    return tellRefusal(ports, "there is no release of grantway's to resume on this alias");
  const percent = percentOf(additional.weight);
  ports.tell({ event: "resumed", from: mark.from, to: mark.to, percent });
  const steps = [percent, ...plan.steps.filter((step) => step > percent)];
  return shift(ports, plan, { alias, mark, steps });
}

interface Shift {
  readonly alias: AliasState;
  readonly mark: Mark;
  readonly steps: readonly number[];
}

async function shift(ports: ReleasePorts, plan: ReleasePlan, { alias, mark, steps }: Shift): Promise<Ending> {
  const { from, to } = mark;
  const unseen: number[] = [];
  let current = alias;
  const stopHere = (): Ending => tellStopped(ports, percentOf(current.additional?.weight ?? 0), to);
  for (const percent of steps) {
    // Ctrl-C may have come while AWS was asked for something else.
    if (ports.isStopped()) return stopHere();
    const updated = await moveAlias(ports, current, mark, {
      additional: { version: to, weight: percent / 100 },
    });
    if (!updated.ok) return leave(ports, current, mark, updated.denial);
    current = updated.value;
    ports.tell({ event: "step", version: to, percent, forMs: plan.everyMs });
    const { everyMs: forMs, limit } = plan;
    const outcome = await watchStep(ports, { version: to, releaseBegan: mark.at, forMs, limit });
    if (outcome.kind === "stopped") return stopHere();
    if (outcome.kind === "over") return goBack(ports, current, mark, outcome.why);
    const { calls, answers } = outcome;
    if (answers === 0) ports.tell({ event: "unrouted", percent });
    const isUnseen = calls === 0 && (answers ?? 0) === 0;
    if (isUnseen && !plan.isQuietAllowed) {
      ports.tell({ event: "unseen", percent, version: to });
      return "no";
    }
    if (calls === 0) ports.tell({ event: "quiet", percent });
    if (isUnseen) unseen.push(percent);
  }
  if (ports.isStopped()) return stopHere();
  const done: Mark = { from, to, phase: "done", at: ports.clock() };
  const ended = await moveAlias(ports, current, done, { functionVersion: to, additional: null });
  if (!ended.ok) return leave(ports, current, mark, ended.denial);
  ports.tell({ event: "done", version: to, ...(unseen.length > 0 && { unseen }) });
  return "done";
}

function tellStopped({ tell }: ReleasePorts, percent: number, version: string): Ending {
  tell({ event: "stopped", percent, version });
  return "stopped";
}

const BACK_TRIES = 6;
const BACK_EVERY_MS = 10_000;

/** What is known to be bad is not left there because AWS failed once. */
async function goBack(ports: ReleasePorts, current: AliasState, mark: Mark, why: string): Promise<Ending> {
  ports.tell({ event: "over", why });
  const undone: Mark = { ...mark, phase: "undone", at: ports.clock() };
  const place = { functionVersion: mark.from, additional: null };
  let ended = await moveAlias(ports, current, undone, place);
  for (let tries = 1; !ended.ok && ended.denial.kind === "failed" && tries < BACK_TRIES; tries += 1) {
    if (ports.isStopped()) break;
    ports.tell({ event: "retried", sentence: ended.denial.sentence });
    await ports.sleep(BACK_EVERY_MS);
    if (ports.isStopped()) break;
    ended = await moveAlias(ports, current, undone, place, true);
  }
  if (!ended.ok) return leave(ports, current, mark, ended.denial);
  ports.tell({ event: "rolled_back", from: mark.to, to: mark.from });
  return "no";
}

/** Where it stands, beside what went wrong: after a conflict that is for somebody else to say, and it must be known. */
function leave(ports: ReleasePorts, { additional }: AliasState, { to }: Mark, fault: Fault): Ending {
  const ending = tellFault(ports, fault);
  const isKnown = fault.kind !== "conflict" && fault.mayBeDone !== true;
  if (isKnown && additional?.version === to)
    ports.tell({ event: "left", percent: percentOf(additional.weight), version: to });
  return ending;
}

export function tellRefusal({ tell }: Pick<ReleasePorts, "tell">, sentence: string): Ending {
  tell({ event: "refused", sentence });
  return "no";
}

/** A conflict is an answer, everything else a failure. */
export function tellFault({ tell }: Pick<ReleasePorts, "tell">, { kind, sentence }: Fault): Ending {
  tell({ event: kind, sentence });
  return kind === "conflict" ? "no" : "failed";
}
