// The tree of an API's resources: under one parent API Gateway takes each name once, and one name that is variable. Its
// page shows `{child}` and `{proxy+}` side by side; those who tried were refused, so they are one too many here.
// https://docs.aws.amazon.com/apigateway/latest/api/API_CreateResource.html
import type { ApiMethod } from "../../model.js";
import type { Fields } from "../fields.js";

export interface PlacedResource {
  readonly path: string;
  readonly fields: Fields;
}

/** `inBody`: what the API's document has; `resources`: those that stand for themselves. */
export function checkTree(
  api: Fields,
  inBody: readonly Pick<ApiMethod, "path">[],
  resources: readonly PlacedResource[],
): void {
  const ofBody = new Set(inBody.flatMap(({ path }) => withParents(path)));
  const places = [
    ...[...ofBody].map((path) => ({ path, fault: (why: string) => api.fault("Body", why) })),
    ...resources.map(({ path, fields }) => ({ path, fault: (why: string) => fields.fault("PathPart", why) })),
  ];
  const namesUnder = new Map<string, string[]>();
  for (const { path, fault } of places) {
    const cut = path.lastIndexOf("/");
    const [parent, name] = [path.slice(0, cut) || "/", path.slice(cut + 1)];
    const siblings = namesUnder.get(parent) ?? [];
    const variable = isVariable(name) ? siblings.find(isVariable) : undefined;
    if (siblings.includes(name)) fault(`${path} is in the API already`);
    else if (variable !== undefined)
      fault(
        `${parent} has ${variable} already, and API Gateway takes one variable name there, not ${name} too`,
      );
    namesUnder.set(parent, [...siblings, name]);
  }
}

const isVariable = (name: string): boolean => name.startsWith("{");

/** `/a/{b}` -> `/a`, `/a/{b}`; nothing of the root. */
function withParents(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return names.map((_, at) => `/${names.slice(0, at + 1).join("/")}`);
}
