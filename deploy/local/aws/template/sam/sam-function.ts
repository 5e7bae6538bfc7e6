// A function as the template has it, Globals applied, and what is needed to make CloudFormation resources of it.
import type { Note, Report } from "../faults.js";
import { isMembers, type Members } from "../fields.js";
import { resolveIntrinsics, type Scope } from "../language/intrinsics.js";
import type { Resource } from "../resource.js";

export interface SamFunction {
  readonly logicalId: string;
  readonly path: string;
  /** Globals applied, intrinsic functions not resolved. */
  readonly properties: Members;
  /** Without Globals. */
  readonly own: Members;
  readonly condition?: string;
  readonly dependsOn: readonly string[];
  readonly metadata?: unknown;
}

export interface SamContext {
  /** SAM works before CloudFormation does: it knows parameters, mappings and conditions only. */
  readonly parameterScope: Scope;
  readonly report: Report;
  readonly note: Note;
  /** Logical ids of the template's own AWS::Serverless::Api. */
  readonly restApis?: ReadonlySet<string>;
}

/** Where the template has a property: in the function or in Globals. */
export const placeOf = ({ path, own }: SamFunction, property: string): string =>
  Object.hasOwn(own, property) ? `${path}.Properties.${property}` : `Globals.Function.${property}`;

/** A resource that SAM makes beside a function; `places` maps its properties to the function's. */
export const makeBeside = (
  fn: SamFunction,
  logicalId: string,
  type: string,
  properties: Members,
  places: Readonly<Record<string, string>> = {},
): Resource => {
  const path = `Resources.${logicalId}`;
  const moved = Object.entries(places).map(([name, place]) => [`${path}.Properties.${name}`, place] as const);
  return {
    logicalId,
    type,
    path,
    properties,
    places: new Map([[path, fn.path], ...moved]),
    ...(fn.condition === undefined ? {} : { condition: fn.condition }),
    dependsOn: [],
  };
};

/** An Fn::If gives way to the branch that its condition picks; `undefined` for AWS::NoValue. */
export function chosen(value: unknown, scope: Scope): unknown {
  if (!isMembers(value)) return value;
  if (value.Ref === "AWS::NoValue") return undefined;
  const branches = value["Fn::If"];
  if (!Array.isArray(branches)) return value;
  const [condition, whenTrue, whenFalse] = branches as unknown[];
  return chosen(scope.condition(String(condition)) === true ? whenTrue : whenFalse, scope);
}

/** What SAM itself must read: a text, or a text made of parameters. */
export function samText(
  fn: SamFunction,
  property: string,
  { parameterScope, report }: SamContext,
): string | undefined {
  const place = placeOf(fn, property);
  const value = resolveIntrinsics(fn.properties[property], parameterScope, place, report);
  if (value === undefined || typeof value === "string") return value;
  report(place, "must be a string");
  return undefined;
}

/** `undefined`: SAM gives the function no TracingConfig. */
export function samTracing(fn: SamFunction, context: SamContext): string | undefined {
  const tracing = samText(fn, "Tracing", context);
  if (tracing === undefined || tracing === "Disabled") return undefined;
  if (["Active", "PassThrough"].includes(tracing)) return tracing;
  context.report(placeOf(fn, "Tracing"), `"${tracing}" is none of Active, PassThrough, Disabled`);
  return undefined;
}

/** SAM writes tags as a map. */
export const tagList = (tags: unknown): unknown =>
  isMembers(tags)
    ? [
        ...Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        { Key: "lambda:createdBy", Value: "SAM" },
      ]
    : tags;
