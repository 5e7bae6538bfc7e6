// CloudFormation's intrinsic functions, resolved against the names of a template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
// Not done, and refused by name: Cidr, ImportValue, Transform and those of AWS::LanguageExtensions.
import { unsupported, type Report } from "../faults.js";
import { isMembers } from "../fields.js";
import { asText, joinTexts, selectItem, splitText, zonesOf } from "./list-functions.js";
import { substituteVariables } from "./sub-variables.js";

/** What a name stands for; only parameters and attributes of a list type are lists. */
export type Value = string | readonly string[];

/** What names stand for. `undefined`: there is no such name. */
export interface Scope {
  readonly region: string;
  ref(name: string): Value | undefined;
  attribute(logicalId: string, attribute: string): Value | undefined;
  condition(name: string): boolean | undefined;
  mapped(map: string, key: string, name: string): unknown;
  /** There is such a resource, and its Condition is false. */
  isAbsent(logicalId: string): boolean;
  /** The same names for what is not deployed: resources whose Condition is false can be named there. */
  readonly undeployed: Scope;
}

interface Site {
  readonly scope: Scope;
  readonly path: string;
  readonly report: Report;
}

/** `Ref: AWS::NoValue`: the property is as if it were not there. */
const noValue = Symbol("AWS::NoValue");

export function resolveIntrinsics(value: unknown, scope: Scope, path: string, report: Report): unknown {
  const resolved = resolve(value, { scope, path, report });
  return resolved === noValue ? undefined : resolved;
}

export const isIntrinsic = (value: unknown): boolean =>
  isMembers(value) && Object.keys(value).some(isIntrinsicName);

const isIntrinsicName = (name: string): boolean => name === "Ref" || name.startsWith("Fn::");

function resolve(value: unknown, site: Site): unknown {
  if (Array.isArray(value)) return resolveList(value, site);
  if (!isMembers(value)) return value;
  const entries = Object.entries(value);
  const found = entries.find(([name]) => isIntrinsicName(name));
  if (found !== undefined) {
    if (entries.length === 1) return call(found[0], found[1], site);
    site.report(site.path, `${found[0]} must stand alone`);
    return "";
  }
  const members = entries.map(
    ([name, item]) => [name, resolve(item, { ...site, path: `${site.path}.${name}` })] as const,
  );
  return Object.fromEntries(members.filter(([, item]) => item !== noValue));
}

function resolveList(items: readonly unknown[], site: Site): unknown[] {
  const resolved = items.map((item, at) => resolve(item, { ...site, path: `${site.path}[${at}]` }));
  return resolved.filter((item) => item !== noValue);
}

function call(name: string, argument: unknown, site: Site): unknown {
  const known = Object.hasOwn(intrinsics, name) ? intrinsics[name] : undefined;
  if (known) return known(argument, site);
  site.report(site.path, `${name} ${unsupported}`);
  return "";
}

const intrinsics: Readonly<Record<string, (argument: unknown, site: Site) => unknown>> = {
  Ref: (argument, site) => (argument === "AWS::NoValue" ? noValue : refer(argument, site)),
  "Fn::GetAtt": getAttribute,
  "Fn::Sub": substitute,
  "Fn::If": choose,
  "Fn::FindInMap": findInMap,
  "Fn::Join": (argument, site) => listFunction(argument, site, joinTexts),
  "Fn::Select": (argument, site) => listFunction(argument, site, selectItem),
  "Fn::Split": (argument, site) => listFunction(argument, site, splitText),
  "Fn::GetAZs": (argument, site) => listFunction(argument, site, zonesOf(site.scope.region)),
  "Fn::Base64": (argument, site) => {
    const text = asText(resolve(argument, site));
    if (text === undefined) site.report(site.path, "Fn::Base64 takes a string");
    return Buffer.from(text ?? "").toString("base64");
  },
};

const asList = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined);

const whyNothing = (logicalId: string, { scope }: Site): string =>
  scope.isAbsent(logicalId)
    ? "names a resource whose Condition is false"
    : "names nothing that the local twin knows";

function refer(name: unknown, site: Site): Value {
  const value = typeof name === "string" ? site.scope.ref(name) : undefined;
  if (value === undefined)
    site.report(site.path, `Ref ${JSON.stringify(name)} ${whyNothing(String(name), site)}`);
  return value ?? "";
}

function getAttribute(argument: unknown, site: Site): Value {
  const [logicalId, name, ...more] = attributePair(argument);
  const isPair = typeof logicalId === "string" && typeof name === "string" && more.length === 0;
  const value = isPair ? attributeOf(`${logicalId}.${name}`, site.scope) : undefined;
  if (value === undefined) {
    const shown = JSON.stringify(attributePair(argument));
    site.report(site.path, `Fn::GetAtt ${shown} ${whyNothing(String(logicalId), site)}`);
  }
  return value ?? "";
}

const attributePair = (argument: unknown): readonly unknown[] => {
  const dot = typeof argument === "string" ? argument.indexOf(".") : -1;
  if (typeof argument === "string" && dot > 0) return [argument.slice(0, dot), argument.slice(dot + 1)];
  return asList(argument) ?? [argument];
};

/** A dot also stands in attributes (Endpoint.Address) and in what SAM makes (Fn.Alias). */
function attributeOf(dotted: string, scope: Scope): Value | undefined {
  const dots = [...dotted.matchAll(/\./g)].map(({ index }) => index);
  for (const dot of dots) {
    const value = scope.attribute(dotted.slice(0, dot), dotted.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

function substitute(argument: unknown, site: Site): string {
  const [text, given, ...more] = asList(argument) ?? [argument, {}];
  if (typeof text !== "string" || !isMembers(given) || more.length > 0) {
    site.report(site.path, "Fn::Sub takes a string, or a list of a string and a map");
    return "";
  }
  const own = resolve(given, { ...site, path: `${site.path}.Fn::Sub[1]` });
  const variables = isMembers(own) ? own : {};
  return substituteVariables(text, (name) => {
    const value = Object.hasOwn(variables, name)
      ? variables[name]
      : (site.scope.ref(name) ?? attributeOf(name, site.scope));
    const resolved = asText(value);
    const [logicalId = ""] = name.split(".");
    const why = value === undefined ? whyNothing(logicalId, site) : "is not a string";
    if (resolved === undefined) site.report(site.path, `\${${name}} in Fn::Sub ${why}`);
    return resolved ?? "";
  });
}

function choose(argument: unknown, site: Site): unknown {
  const items = asList(argument) ?? [];
  const [name, whenTrue, whenFalse] = items;
  const holds = typeof name === "string" ? site.scope.condition(name) : undefined;
  if (holds === undefined || items.length !== 3) {
    const takes = "Fn::If takes a condition of this template and two values";
    site.report(site.path, `${takes}, not ${JSON.stringify(name)}`);
    return "";
  }
  // CloudFormation looks for faults in what is not chosen as well.
  resolve(holds ? whenFalse : whenTrue, { ...site, scope: site.scope.undeployed });
  return resolve(holds ? whenTrue : whenFalse, site);
}

function findInMap(argument: unknown, site: Site): unknown {
  const items = resolve(argument, site);
  const [map, key, name, ...more] = (asList(items) ?? []).map(asText);
  const isTriple = map !== undefined && key !== undefined && name !== undefined && more.length === 0;
  const value = isTriple ? site.scope.mapped(map, key, name) : undefined;
  if (value === undefined)
    site.report(site.path, `Fn::FindInMap ${JSON.stringify(items)} is in no mapping of this template`);
  return value ?? "";
}

type ListFunction = (argument: unknown) => { readonly value: unknown } | { readonly fault: string };

function listFunction(argument: unknown, site: Site, apply: ListFunction): unknown {
  const outcome = apply(resolve(argument, site));
  if ("value" in outcome) return outcome.value;
  site.report(site.path, outcome.fault);
  return "";
}
