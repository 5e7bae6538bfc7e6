// Names for the resources that a template may have beside its functions and that the twin does not serve: nothing here
// can grant anything. They are stable, so that a restart changes nothing.
import { inertForms } from "./inert-forms.js";
import type { Value } from "../language/intrinsics.js";
import type { Naming, ResourceNames } from "../resources/resource-names.js";
import { generatedName, hexId, uuid } from "../stable-id.js";

export function inertNames(naming: Naming): ResourceNames {
  const { type, logicalId } = naming;
  const form = Object.hasOwn(inertForms, type) ? inertForms[type] : undefined;
  if (form === undefined) return { ref: madeUp(naming), attributes: new Map() };
  const given = form.name === undefined ? undefined : naming.text(form.name);
  const fill = filler(naming, given ?? generatedName(naming.stack.stackName, logicalId));
  const opaque = (list = ""): string[] => list.split(" ").filter((name) => name !== "");
  const attributes: [string, Value][] = [
    ...Object.entries(form.attributes ?? {}).map(([name, text]): [string, Value] => [name, fill(text)]),
    ...opaque(form.opaque).map((name): [string, Value] => [name, `${madeUp(naming)}-${name}`]),
    ...opaque(form.lists).map((name): [string, Value] => [name, [`${madeUp(naming)}-${name}`]]),
  ];
  return { ref: fill(form.ref), attributes: new Map(attributes) };
}

const madeUp = ({ logicalId, stack }: Naming): string => generatedName(stack.stackName, logicalId);

const filler =
  ({ logicalId, stack }: Naming, name: string) =>
  (text: string): string => {
    const parts: Readonly<Record<string, string>> = {
      name,
      lower: name.toLowerCase(),
      region: stack.region,
      account: stack.accountId,
      id: hexId(stack.stackName, logicalId),
      uuid: uuid(stack.stackName, logicalId),
    };
    return text.replace(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? "");
  };
