// What is wrong with a template, all of it at once: a template that the twin understands only in part is not loaded.

export interface Fault {
  /** `Resources.HelloFunction.Properties.Timeout`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

export type Report = (path: string, message: string) => void;

/** Tells what was read and is not served: a sentence that starts with its place. */
export type Note = (sentence: string) => void;

export const unsupported = "is not supported by the local twin";

/** Gathers faults; the same fault at the same place is one. */
export function createReport(faults: Fault[]): Report {
  const told = new Set<string>();
  return (path, message) => {
    const key = `${path}\n${message}`;
    if (!told.has(key)) faults.push({ path, message });
    told.add(key);
  };
}

/** Reports at the place where the template has a value that stands elsewhere after SAM's work; longest prefix wins. */
export function relocated(report: Report, places: ReadonlyMap<string, string>): Report {
  if (places.size === 0) return report;
  const prefixes = [...places].sort(([a], [b]) => b.length - a.length);
  return (path, message) => {
    const found = prefixes.find(([prefix]) => path === prefix || /^[.[]/.test(tail(path, prefix)));
    report(found === undefined ? path : found[1] + path.slice(found[0].length), message);
  };
}

const tail = (path: string, prefix: string): string =>
  path.startsWith(prefix) ? path.slice(prefix.length) : "";

export class TemplateError extends Error {
  override readonly name = "TemplateError";

  constructor(
    readonly file: string,
    readonly faults: readonly Fault[],
  ) {
    const lines = faults.map(({ path, message }) => (path === "" ? `  ${message}` : `  ${path}: ${message}`));
    super(`${file}:\n${lines.join("\n")}`);
  }
}
