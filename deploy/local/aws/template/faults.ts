// What is wrong with a template, all of it at once: a template that the twin understands only in part is not loaded.

export interface Fault {
  /** `Resources.HelloFunction.Properties.Timeout`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

export type Report = (path: string, message: string) => void;

export const unsupported = "is not supported by the local twin";

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
