// Reads the members of one object of a template. A member that nobody asked for is a fault: what the twin does not
// understand it does not load. A faulty member reads as an empty value, since the load fails in the end anyway.
import { closestName } from "../iam/closest-name.js";
import { unsupported, type Report } from "./faults.js";

export type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const readFields = (value: unknown, path: string, report: Report): Fields =>
  new Fields(value, path, report);

export class Fields {
  readonly #members: Members;
  readonly #read = new Set<string>();

  constructor(
    value: unknown,
    readonly path: string,
    private readonly report: Report,
  ) {
    this.#members = isMembers(value) ? value : {};
    if (!isMembers(value)) report(path, "must be an object");
  }

  /** The place of a member. */
  at(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  fault(name: string, message: string): void {
    this.report(this.at(name), message);
  }

  names(): readonly string[] {
    return Object.keys(this.#members);
  }

  /** The value as it is; counts as read. */
  any(name: string): unknown {
    this.#read.add(name);
    return Object.hasOwn(this.#members, name) ? this.#members[name] : undefined;
  }

  has(name: string): boolean {
    return this.any(name) !== undefined;
  }

  /** Without a fallback the member must be there. */
  text(name: string, pattern: RegExp, fallback?: string): string {
    const value = this.#required(name, fallback);
    if (typeof value === "string" && pattern.test(value)) return value;
    if (value !== undefined) this.fault(name, `${JSON.stringify(value)} does not match ${pattern.source}`);
    return "";
  }

  /** Text that may also be written as a number or a boolean. */
  scalar(name: string, pattern: RegExp): string {
    const value = this.#required(name, undefined);
    const isScalar = ["string", "number", "boolean"].includes(typeof value);
    if (isScalar && pattern.test(String(value))) return String(value);
    if (value !== undefined) this.fault(name, `${JSON.stringify(value)} does not match ${pattern.source}`);
    return "";
  }

  integer(name: string, [least, most]: readonly [number, number], fallback?: number): number {
    const value = this.#required(name, fallback);
    const number = typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
    const isWhole = typeof number === "number" && Number.isInteger(number);
    if (isWhole && number >= least && number <= most) return number;
    const range = `${JSON.stringify(value)} is not a whole number from ${least} to ${most}`;
    if (value !== undefined) this.fault(name, range);
    return least;
  }

  oneOf<const T extends string>(name: string, allowed: readonly [T, ...T[]], fallback?: T): T {
    const value = this.#required(name, fallback);
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    const takes = `${JSON.stringify(value)} ${unsupported}; it takes ${allowed.join(", ")}`;
    if (value !== undefined) this.fault(name, takes);
    return allowed[0];
  }

  /** CloudFormation takes both `true` and `"true"`, and Parameters are always text. */
  boolean(name: string, fallback?: boolean): boolean {
    const value = this.#required(name, fallback);
    if (value === true || value === "true") return true;
    if (value !== undefined && value !== false && value !== "false")
      this.fault(name, `${JSON.stringify(value)} is neither true nor false`);
    return false;
  }

  list(name: string): readonly unknown[] {
    const value = this.any(name) ?? [];
    if (Array.isArray(value)) return value;
    this.fault(name, "must be a list");
    return [];
  }

  texts(name: string, fallback: readonly string[] = []): readonly string[] {
    const values = this.has(name) ? this.list(name) : fallback;
    return values.map((value, index) => {
      if (typeof value !== "string") this.fault(`${name}[${index}]`, "must be a string");
      return String(value);
    });
  }

  /** Texts of which each fits the pattern, `most` at most; none when the member is not there. */
  textsMatching(name: string, pattern: RegExp, most: number): readonly string[] {
    const values = this.texts(name);
    if (values.length > most) this.fault(name, `has ${values.length} members and takes ${most} at most`);
    for (const value of values)
      if (!pattern.test(value)) this.fault(name, `${JSON.stringify(value)} does not match ${pattern.source}`);
    return values;
  }

  /** An object that is not there reads as an empty one. */
  object(name: string): Fields {
    return new Fields(this.any(name) ?? {}, this.at(name), this.report);
  }

  /** Read on purpose and not used: it changes nothing that a caller of the twin can see. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Reports every member that was not read. */
  end(): void {
    for (const name of this.names()) {
      if (this.#read.has(name)) continue;
      const meant = closestName(name, [...this.#read]);
      this.fault(name, meant === undefined ? unsupported : `${unsupported}; did you mean ${meant}?`);
    }
  }

  #required(name: string, fallback: unknown): unknown {
    const value = this.any(name) ?? fallback;
    if (value === undefined) this.fault(name, "is missing");
    return value;
  }
}
