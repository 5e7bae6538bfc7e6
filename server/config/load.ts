// The whole way from `--config`, GATEWAY_CONFIG or gateway.yaml to Settings, or to every fault at once.
// Reads through the function it is given and touches nothing else.
import { dirname } from "node:path";
import { accept, refuse } from "../core/result.js";
import type { Result } from "../core/result.js";
import { compileConfiguration } from "./compile.js";
import type { Settings } from "./compile.js";
import { checkModules } from "./check-modules.js";
import { checkPolicy } from "./check-policy.js";
import { crossCheck } from "./cross-check.js";
import { expandEnvironment, overridePorts } from "./environment.js";
import { describeIssue, faultsOf } from "./fault.js";
import type { Fault } from "./fault.js";
import { configurationSchema } from "./schema.js";
import type { Configuration } from "./schema.js";
import { nameSource, parseText, readSource } from "./source.js";
import type { SourceOptions } from "./source.js";

export function loadConfiguration(options: SourceOptions): Result<Settings, readonly Fault[]> {
  const text = readSource(options);
  if (!text.ok) return text;
  const parsed = parseText(text.value);
  return parsed.ok ? loadDocument(parsed.value, options) : parsed;
}

/** From the source's plain data on, for whoever wants that as well. */
export function loadDocument(written: unknown, options: SourceOptions): Result<Settings, readonly Fault[]> {
  const expanded = expandEnvironment(written, options.env);
  const { document, faults } = overridePorts(expanded.document, options.env);
  const checked = checkDocument(document);
  const early = [...expanded.faults, ...faults];
  if (early.length === 0) return checked.ok ? checkCompiled(checked.value, options) : checked;
  // A value that could not be put in is told once, not again as a value out of shape.
  const told = new Set(early.map(({ path }) => path));
  return refuse([...early, ...(checked.ok ? [] : checked.denial.filter(({ path }) => !told.has(path)))]);
}

/** The schema's faults and those between entries. */
function checkDocument(document: unknown): Result<Configuration, readonly Fault[]> {
  const parsed = configurationSchema.safeParse(document, { error: describeIssue });
  const shape = parsed.success ? [] : parsed.error.issues.flatMap((issue) => faultsOf(issue, document));
  const faults = [...shape, ...crossCheck(document)];
  return parsed.success && faults.length === 0 ? accept(parsed.data) : refuse(faults);
}

function checkCompiled(
  configuration: Configuration,
  options: SourceOptions,
): Result<Settings, readonly Fault[]> {
  const settings = compileConfiguration(configuration, dirname(nameSource(options)));
  const faults = [...settings.routes.flatMap(checkPolicy), ...checkModules(settings.authorizers, options)];
  return faults.length === 0 ? accept(settings) : refuse(faults);
}
