// CloudFormation's intrinsic functions, resolved against the names of a template: Ref, Fn::GetAtt, Fn::Sub, Fn::Join.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
// Every other one is refused by name.
import { unsupported, type Report } from "./faults.js";

/** What names stand for. `undefined`: there is no such name. */
export interface Scope {
  ref(name: string): string | undefined;
  attribute(logicalId: string, attribute: string): string | undefined;
}

/** `Ref: AWS::NoValue`: the property is as if it were not there. */
const noValue = Symbol("AWS::NoValue");

export function resolveIntrinsics(value: unknown, scope: Scope, path: string, report: Report): unknown {
  const resolved = resolve(value, scope, path, report);
  return resolved === noValue ? undefined : resolved;
}

function resolve(value: unknown, scope: Scope, path: string, report: Report): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => resolve(item, scope, `${path}[${index}]`, report));
    return items.filter((item) => item !== noValue);
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first !== undefined && isIntrinsic(first[0])) {
    if (entries.length === 1) return call(first[0], first[1], scope, path, report);
    report(path, `${first[0]} must stand alone`);
    return "";
  }
  const members = entries.map(
    ([name, item]) => [name, resolve(item, scope, `${path}.${name}`, report)] as const,
  );
  return Object.fromEntries(members.filter(([, item]) => item !== noValue));
}

const isIntrinsic = (name: string): boolean => name === "Ref" || name.startsWith("Fn::");

function call(name: string, argument: unknown, scope: Scope, path: string, report: Report): unknown {
  switch (name) {
    case "Ref":
      return argument === "AWS::NoValue" ? noValue : refer(argument, scope, path, report);
    case "Fn::GetAtt":
      return getAttribute(argument, scope, path, report);
    case "Fn::Sub":
      return substitute(argument, scope, path, report);
    case "Fn::Join":
      return join(resolve(argument, scope, path, report), path, report);
    default:
      report(path, `${name} ${unsupported}`);
      return "";
  }
}

const asList = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);

function refer(name: unknown, scope: Scope, path: string, report: Report): string {
  const value = typeof name === "string" ? scope.ref(name) : undefined;
  if (value === undefined)
    report(path, `Ref ${JSON.stringify(name)} names nothing that the local twin knows`);
  return value ?? "";
}

function getAttribute(argument: unknown, scope: Scope, path: string, report: Report): string {
  const [logicalId, name, ...more] = asList(argument) ?? [];
  const isPair = typeof logicalId === "string" && typeof name === "string" && more.length === 0;
  const value = isPair ? scope.attribute(logicalId, name) : undefined;
  if (value === undefined) {
    report(path, `Fn::GetAtt ${JSON.stringify(argument)} names nothing that the local twin knows`);
  }
  return value ?? "";
}

function substitute(argument: unknown, scope: Scope, path: string, report: Report): string {
  const [text, given, ...more] = asList(argument) ?? [argument, {}];
  if (typeof text !== "string" || typeof given !== "object" || given === null || more.length > 0) {
    report(path, "Fn::Sub takes a string, or a list of a string and a map");
    return "";
  }
  const variables = resolve(given, scope, path, report) as Readonly<Record<string, unknown>>;
  return text.replace(/\$\{(!?)\s*([^}]*?)\s*\}/g, (_, literal: string, name: string) => {
    if (literal !== "") return `\${${name}}`;
    const dot = name.indexOf(".");
    const own = Object.hasOwn(variables, name) ? String(variables[name]) : scope.ref(name);
    const value = own ?? (dot > 0 ? scope.attribute(name.slice(0, dot), name.slice(dot + 1)) : undefined);
    if (value === undefined) report(path, `\${${name}} in Fn::Sub names nothing that the local twin knows`);
    return value ?? "";
  });
}

function join(argument: unknown, path: string, report: Report): string {
  const [separator, items, ...more] = asList(argument) ?? [];
  const isText =
    Array.isArray(items) && items.every((item) => typeof item === "string" || typeof item === "number");
  if (typeof separator === "string" && isText && more.length === 0) return items.join(separator);
  report(path, "Fn::Join takes a separator and a list of strings");
  return "";
}
