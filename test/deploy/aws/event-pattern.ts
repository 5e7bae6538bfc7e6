// An event pattern of EventBridge, as far as ecs.yaml has them: values, `prefix`, `$or`; of a list, in the pattern or in the
// event, one fits. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
import { isMembers, type Members } from "../../../deploy/local/aws/template/fields.js";

export function fitsPattern(event: unknown, pattern: Members): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === "$or") return (wanted as Members[]).some((side) => fitsPattern(event, side));
    const values = membersOf(event, key);
    if (isMembers(wanted)) return values.some((value) => fitsPattern(value, wanted));
    return values.some((value) => (wanted as unknown[]).some((matcher) => fits(value, matcher)));
  });
}

/** What stands under a name, in an object or in each of a list. */
function membersOf(value: unknown, key: string): unknown[] {
  const holders = Array.isArray(value) ? value : [value];
  return holders.flatMap((holder: unknown) => (isMembers(holder) ? [holder[key]] : [])).flat();
}

function fits(value: unknown, matcher: unknown): boolean {
  if (!isMembers(matcher)) return value === matcher;
  const { prefix, ...others } = matcher;
  if (typeof prefix !== "string" || Object.keys(others).length > 0)
    throw new Error(`a matcher that is not known here: ${JSON.stringify(matcher)}`);
  return typeof value === "string" && value.startsWith(prefix);
}
