// `grantway rollback`: the alias goes back to the version before, as far as the alias itself knows which that was, or
// to the one that is named; a release that is under way ends.
import type { Ending } from "./events.js";
import { type Mark, readMark } from "./mark.js";
import { moveAlias } from "./move-alias.js";
import type { AliasState, ReleasePorts } from "./ports.js";
import { tellFault, tellRefusal } from "./release.js";

type RollbackPorts = Pick<ReleasePorts, "alias" | "clock" | "tell">;

export interface RollbackPlan {
  /** A version's number. */
  readonly to: string | undefined;
  readonly isDryRun: boolean;
}

export async function rollback(ports: RollbackPorts, plan: RollbackPlan): Promise<Ending> {
  const alias = await ports.alias.read();
  if (!alias.ok) return tellFault(ports, alias.denial);
  const to = plan.to ?? versionBefore(alias.value);
  if (to === undefined)
    return tellRefusal(ports, "the alias does not know which version was before; name it with --to VERSION");
  const from = alias.value.additional?.version ?? alias.value.functionVersion;
  if (alias.value.additional === undefined && alias.value.functionVersion === to)
    return tellRefusal(ports, `the alias is on version ${to} alone already`);
  const described = await ports.alias.describe(to);
  if (!described.ok) return tellFault(ports, described.denial);
  if (plan.isDryRun) {
    ports.tell({ event: "would", call: `UpdateAlias: version ${to} alone` });
    return "done";
  }
  const mark: Mark = { from: to, to: numberOr(from, to), phase: "undone", at: ports.clock() };
  const updated = await moveAlias(ports, alias.value, mark, { functionVersion: to, additional: null });
  if (!updated.ok) return tellFault(ports, updated.denial);
  ports.tell({ event: "rolled_back", from, to });
  return "done";
}

/** A split that is not grantway's has no version before: either of the two may be the good one. */
function versionBefore({ functionVersion, additional, description }: AliasState): string | undefined {
  const mark = readMark(description);
  if (mark?.phase === "begun" && mark.to === additional?.version) return mark.from;
  if (mark?.phase === "done" && mark.to === functionVersion && additional === undefined) return mark.from;
  return undefined;
}

/** `$LATEST` is no version that could be released again. */
const numberOr = (version: string, other: string): string => (/^\d+$/.test(version) ? version : other);
