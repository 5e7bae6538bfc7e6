// A route's `target`: the AWS endpoint behind it, one of three kinds. What each kind needs and what it must agree with
// stands in the kind's own file; here only one kind may be named, and no key of another beside it.
import { z } from "zod";
import type { Target } from "../core/model.js";
import { refuse, type Result } from "../core/result.js";
import { executeApiKeys, resolveExecuteApi } from "./execute-api-target.js";
import { functionUrlKeys, resolveFunctionUrl } from "./function-url-target.js";
import { invokeKeys, resolveInvoke } from "./invoke-target.js";
import { faultAt, signingKeys, type TargetFault } from "./target-fault.js";

const targetShape = z.strictObject({ ...functionUrlKeys, ...executeApiKeys, ...invokeKeys, ...signingKeys });
type TargetEntry = z.output<typeof targetShape>;

const keysOf = { functionUrl: functionUrlKeys, executeApi: executeApiKeys, invoke: invokeKeys } as const;
type Kind = keyof typeof keysOf;
const kinds = Object.keys(keysOf) as Kind[];

export const targetSchema = targetShape
  .transform((entry, context): Target => {
    const target = resolveTarget(entry);
    if (target.ok) return target.value;
    for (const { key, message } of target.denial) {
      context.addIssue({ code: "custom", path: key === undefined ? [] : [key], message });
    }
    return z.NEVER;
  })
  .meta({
    oneOf: [
      { required: ["functionUrl", "functionArn"] },
      { required: ["executeApi"] },
      { required: ["invoke"] },
    ],
    dependentRequired: Object.fromEntries(
      kinds.flatMap((kind) => companionsOf(kind).map((key) => [key, [kind]] as const)),
    ),
  });

function resolveTarget(entry: TargetEntry): Result<Target, readonly TargetFault[]> {
  const given = kinds.filter((kind) => entry[kind] !== undefined);
  const target = given.length === 1 ? resolveKind(entry) : undefined;
  if (target === undefined) return refuse([{ message: oneKind(given) }]);
  const strangers = kinds.flatMap((kind) => (given.includes(kind) ? [] : strangersOf(entry, kind)));
  if (strangers.length === 0) return target;
  return refuse([...strangers, ...(target.ok ? [] : target.denial)]);
}

const oneKind = (given: readonly Kind[]): string =>
  given.length === 0
    ? `must have one of ${kinds.join(", ")}`
    : `must have one of ${kinds.join(", ")}; it has ${given.join(" and ")}`;

/** The keys that mean something only beside `kind`. */
function companionsOf(kind: Kind): string[] {
  return Object.keys(keysOf[kind]).filter((key) => key !== kind);
}

const strangersOf = (entry: TargetEntry, kind: Kind): TargetFault[] =>
  companionsOf(kind)
    .filter((key) => entry[key as keyof TargetEntry] !== undefined)
    .map((key) => faultAt(key, `belongs to ${kind}`));

function resolveKind(entry: TargetEntry): Result<Target, readonly TargetFault[]> | undefined {
  const { functionUrl, executeApi, invoke } = entry;
  if (functionUrl !== undefined) return resolveFunctionUrl({ ...entry, functionUrl });
  if (executeApi !== undefined) return resolveExecuteApi({ ...entry, executeApi });
  return invoke === undefined ? undefined : resolveInvoke({ ...entry, invoke });
}
