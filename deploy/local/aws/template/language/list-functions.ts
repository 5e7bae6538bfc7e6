// Fn::Join, Fn::Select, Fn::Split and Fn::GetAZs on arguments that are resolved already.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

type Outcome = { readonly value: unknown } | { readonly fault: string };

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** CloudFormation makes text of numbers and booleans. */
export const asText = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;

export function joinTexts(argument: unknown): Outcome {
  const [separator, items, ...more] = asList(argument);
  const texts = Array.isArray(items) ? items.map(asText) : [undefined];
  const isWhole = typeof separator === "string" && more.length === 0 && !texts.includes(undefined);
  return isWhole
    ? { value: texts.join(separator) }
    : { fault: "Fn::Join takes a separator and a list of strings" };
}

export function selectItem(argument: unknown): Outcome {
  const [index, items, ...more] = asList(argument);
  const at = /^\d{1,4}$/.test(asText(index) ?? "") ? Number(index) : -1;
  if (at < 0 || !Array.isArray(items) || more.length > 0)
    return { fault: "Fn::Select takes an index and a list" };
  const value: unknown = items[at];
  return value === undefined ? { fault: `Fn::Select: the list has no item ${at}` } : { value };
}

export function splitText(argument: unknown): Outcome {
  const [separator, text, ...more] = asList(argument);
  const isWhole =
    typeof separator === "string" && separator !== "" && typeof text === "string" && more.length === 0;
  return isWhole ? { value: text.split(separator) } : { fault: "Fn::Split takes a separator and a string" };
}

/** Which zones an account has in another region is not known; in its own it has at least these three. */
export const zonesOf =
  (region: string) =>
  (argument: unknown): Outcome =>
    argument === "" || argument === region
      ? { value: ["a", "b", "c"].map((letter) => region + letter) }
      : { fault: `Fn::GetAZs takes ${region}, the region of the local twin` };
