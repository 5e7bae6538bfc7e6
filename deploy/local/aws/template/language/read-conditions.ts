// The Conditions of a template, worked out from its parameters and mappings: And, Or, Not, Equals, Condition.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
import type { Report } from "../faults.js";
import { isMembers, type Fields } from "../fields.js";
import { resolveIntrinsics, type Scope } from "./intrinsics.js";
import { asText } from "./list-functions.js";

/** `undefined`: no such condition. */
export type Conditions = (name: string) => boolean | undefined;

export function readConditions(section: Fields, scope: Scope, report: Report): Conditions {
  for (const name of section.names())
    if (!/^[A-Za-z0-9]{1,255}$/.test(name))
      report(section.at(name), "a condition's name is letters and digits");
  const known = new Map<string, boolean>();
  const entered = new Set<string>();
  const evaluate = (name: string): boolean | undefined => {
    if (known.has(name) || !section.names().includes(name)) return known.get(name);
    if (entered.has(name)) {
      report(section.at(name), "is made of itself");
      return false;
    }
    entered.add(name);
    const holds = evaluateNode(section.any(name), { evaluate, scope, path: section.at(name), report });
    known.set(name, holds);
    return holds;
  };
  for (const name of section.names()) evaluate(name);
  return (name) => known.get(name);
}

interface Site {
  readonly evaluate: Conditions;
  readonly scope: Scope;
  readonly path: string;
  readonly report: Report;
}

function evaluateNode(node: unknown, site: Site): boolean {
  const [[name, argument] = ["", undefined], ...more] = isMembers(node) ? Object.entries(node) : [];
  const known = Object.hasOwn(operators, name) && more.length === 0 ? operators[name] : undefined;
  if (known) return known(argument, { ...site, path: `${site.path}.${name}` });
  const takes = "takes one of Fn::And, Fn::Or, Fn::Not, Fn::Equals, Condition";
  site.report(site.path, name === "" ? takes : `${name}: ${takes}`);
  return false;
}

const operators: Readonly<Record<string, (argument: unknown, site: Site) => boolean>> = {
  "Fn::And": (argument, site) => operands(argument, [2, 10], site).every((holds) => holds),
  "Fn::Or": (argument, site) => operands(argument, [2, 10], site).some((holds) => holds),
  "Fn::Not": (argument, site) => operands(argument, [1, 1], site)[0] === false,
  "Fn::Equals": equals,
  Condition: (name, site) => {
    const holds = typeof name === "string" ? site.evaluate(name) : undefined;
    if (holds === undefined) site.report(site.path, `${JSON.stringify(name)} is not a condition`);
    return holds ?? false;
  },
};

function operands(argument: unknown, [least, most]: readonly [number, number], site: Site): boolean[] {
  const list: readonly unknown[] = Array.isArray(argument) ? argument : [];
  if (list.length < least || list.length > most) {
    site.report(
      site.path,
      least === most ? `takes a list of ${least}` : `takes a list of ${least} to ${most}`,
    );
  }
  return list.map((node, at) => evaluateNode(node, { ...site, path: `${site.path}[${at}]` }));
}

function equals(argument: unknown, { scope, path, report }: Site): boolean {
  const pair = resolveIntrinsics(argument, scope, path, report);
  if (!Array.isArray(pair) || pair.length !== 2) {
    report(path, "takes a list of two values");
    return false;
  }
  const [a, b] = pair.map(asText);
  if (a === undefined || b === undefined) report(path, "compares texts; Fn::Join makes a text of a list");
  return a !== undefined && a === b;
}
