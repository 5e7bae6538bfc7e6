// `grantway check`: every fault of a configuration, and where there is none, what lint.ts says about it.
import { loadConfiguration } from "../config/load.js";
import { formatFaults, type Fault } from "../config/fault.js";
import { nameSource } from "../config/source.js";
import { printable, toJson } from "../core/printable.js";
import { refuse } from "../core/result.js";
import type { Style } from "../core/style.js";
import { readArguments, withEnvironment } from "./arguments.js";
import { readCases, type Case } from "./case-file.js";
import { exitStatus, usageFault, type Command, type Console } from "./console.js";
import { lint, type Finding } from "./lint.js";
import { formatRouteTarget, routeTargets, type RouteTarget } from "./route-targets.js";
import { styleFor } from "./style.js";

const usage = `Usage: grantway check [FILE] [OPTIONS]

Looks for every fault of the configuration FILE (else GATEWAY_CONFIG, else gateway.yaml), and
then for rules and routes that cannot do what they seem to: a rule that an earlier one always
outruns, a route no rule can open, a role no route uses, a tag nobody seems to read.

Options:
      --config FILE     FILE, as the other commands have it.
      --tests FILE      Also say which claims of the rules no case of FILE sets. May be repeated.
      --targets         Also show where each route leads, and what its sessions may do for that.
      --strict          Warnings are failures.
      --env NAME=VALUE  A variable that the configuration asks for. May be repeated.
      --json            Print {"faults": [...], "findings": [...]}, each with path and message,
                        and with --targets "targets".
  -h, --help            This text.

Exit status: 0 no faults, 1 warnings with --strict, 64 wrong usage, 78 faults.
Example: grantway check gateway.yaml --tests rules.test.yaml --strict
`;

const options = {
  config: { type: "string" },
  tests: { type: "string", multiple: true },
  targets: { type: "boolean" },
  strict: { type: "boolean" },
  env: { type: "string", multiple: true },
  json: { type: "boolean" },
} as const;

async function run(argv: readonly string[], console: Console): Promise<number> {
  const parsed = readArguments(argv, options);
  if (!parsed.ok) return usageFault(console, "check", parsed.denial);
  const { values, positionals } = parsed.value;
  // Of two, one would go unread and pass for sound.
  const [file, ...more] = values.config === undefined ? positionals : [...positionals, values.config];
  if (more.length > 0)
    return usageFault(console, "check", "it takes one FILE, or --config; cases go behind --tests");
  const env = withEnvironment(console.env, values.env);
  if (!env.ok) return usageFault(console, "check", env.denial);

  const source = { ...(file !== undefined && { file }), env: env.value };
  const settings = loadConfiguration({ ...source, readFile: console.readFile });
  const cases = values.tests === undefined ? undefined : readCases(values.tests, console.readFile);
  const faults = [...faultsOf(settings), ...faultsOf(cases ?? { ok: true })];
  const findings = settings.ok ? lint(settings.value, casesOf(cases)) : [];
  const targets = values.targets === true && settings.ok ? routeTargets(settings.value) : undefined;
  const report = { source: nameSource(source), faults, findings, targets };
  if (values.json) console.print(toJson({ faults, findings, ...(targets && { targets }) }));
  else printReport(report, console);
  if (faults.length > 0) return exitStatus.config;
  const isFailure = values.strict === true && findings.some(({ severity }) => severity === "warning");
  return Promise.resolve(isFailure ? exitStatus.no : exitStatus.ok);
}

type Checked = { readonly ok: true } | { readonly ok: false; readonly denial: readonly Fault[] };

const faultsOf = (checked: Checked): readonly Fault[] => (checked.ok ? [] : checked.denial);

const casesOf = (cases: ReturnType<typeof readCases> = refuse([])): readonly Case[] | undefined =>
  cases.ok ? cases.value : undefined;

interface Report {
  readonly source: string;
  readonly faults: readonly Fault[];
  readonly findings: readonly Finding[];
  readonly targets: readonly RouteTarget[] | undefined;
}

function printReport({ source, faults, findings, targets = [] }: Report, console: Console): void {
  if (faults.length > 0) {
    console.printError(`grantway: ${formatFaults(source, faults)}`);
    return;
  }
  const style = styleFor(console);
  const lines = findings.map((finding) => `  ${formatFinding(finding, style)}\n`);
  const warnings = findings.filter(({ severity }) => severity === "warning").length;
  const end =
    warnings === 0 ? style.green("ok") : style.yellow(`${warnings} warning${warnings > 1 ? "s" : ""}`);
  console.print(`${printable(source)}: ${end}\n${lines.join("")}${targets.map(formatRouteTarget).join("")}`);
}

const formatFinding = ({ severity, path, message }: Finding, style: Style): string =>
  `${severity === "warning" ? style.yellow("warning") : style.dim("note")}  ${printable(path)}: ${printable(message)}`;

export const check: Command = { usage, run };
