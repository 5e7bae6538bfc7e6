// One change of the alias, and whether it is done. Where AWS's answer was lost, the alias itself tells: the SDK asks
// again by itself, with a revision that its own first question has ended, and is told of a conflict that is none.
import { refuse, type Result } from "../core/result.js";
import { type Mark, writeMark } from "./mark.js";
import { percentOf } from "./percent.js";
import type { AliasChange, AliasState, Fault, FunctionAlias } from "./ports.js";

/** `wasAsked`: the same was asked before, and no answer told what came of it. */
export async function moveAlias(
  { alias }: { readonly alias: FunctionAlias },
  before: AliasState,
  mark: Mark,
  change: Pick<AliasChange, "functionVersion" | "additional">,
  wasAsked = false,
): Promise<Result<AliasState, Fault>> {
  const { functionVersion, revisionId } = before;
  const description = writeMark(before.description, mark);
  const moved = await alias.update({ ...change, description, revisionId });
  // A conflict at the first attempt is somebody else's, were it for the very same: of two releases one goes on.
  if (moved.ok || !(wasAsked || moved.denial.mayBeDone === true)) return moved;
  const now = await alias.read();
  if (!now.ok) return unknown(now.denial);
  if (isAt(now.value, { functionVersion, ...change, description })) return now;
  const { kind, sentence } = moved.denial;
  return refuse({ kind, sentence });
}

type Place = Required<Omit<AliasChange, "revisionId">>;

const isAt = (alias: AliasState, { functionVersion, description, additional }: Place): boolean =>
  alias.functionVersion === functionVersion &&
  alias.description === description &&
  alias.additional?.version === additional?.version &&
  percentOf(alias.additional?.weight ?? 0) === percentOf(additional?.weight ?? 0);

const unknown = ({ sentence }: Fault) =>
  refuse<Fault>({
    kind: "failed",
    mayBeDone: true,
    sentence: `AWS's answer was lost, and whether the alias has moved is not known: ${sentence}; look at it with: grantway status`,
  });
