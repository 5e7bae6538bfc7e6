// The options of `npm run local`, and what is said of them.
import { setTimeout } from "node:timers/promises";
import { readArguments } from "../../server/cli/arguments.js";
import { accept, refuse, type Result } from "../../server/core/result.js";
import type { StsFault } from "./aws/sts/create-sts.js";

export interface LocalOptions {
  readonly templateFile: string;
  /** Absent: no gateway runs, only the functions and what is around them. */
  readonly configFile?: string;
  /** Name of the role whose credentials the gateway, or the person at the keyboard, gets. */
  readonly role?: string;
  /** Name of the role whose credentials whoever releases functions gets. */
  readonly operatorRole?: string;
  /** Name of the role whose credentials whoever runs `grantway doctor` gets. */
  readonly doctorRole?: string;
  /** A saved file is in $LATEST only, for `grantway release`. */
  readonly holdAliases?: true;
  readonly parameters: Readonly<Record<string, string>>;
  readonly explain: boolean;
  /** Asked once a request: what STS does to it. */
  readonly fault?: () => StsFault;
}

const own = {
  templateFile: "deploy/aws/functions.yaml",
  configFile: "deploy/local/gateway.yaml",
  role: "grantway-gateway",
  operatorRole: "grantway-release",
  doctorRole: "grantway-doctor",
} as const;

/** The page at /demo/ calls the functions of our own template through a gateway. */
export const servesPage = ({ templateFile, configFile }: LocalOptions): boolean =>
  templateFile === own.templateFile && configFile !== undefined;

export const usage = `npm run local -- [options]

  --template FILE       a SAM template to serve in place of ${own.templateFile}
  --config FILE         the gateway's configuration; without it, no gateway runs beside another template
  --role NAME           the role whose credentials the gateway (without one: you) gets; without it, an administrator's
  --parameter NAME=VALUE  of the template; may stand more than once
  --hold-aliases        a saved file changes $LATEST only: \`grantway release\` moves the aliases
  --explain             for each denied call: the statement that was missing
  --sts-fault FAULT     what STS does from now on: throttle, deny, slow (5 s) or drop
`;

export function readOptions(argv: readonly string[]): Result<LocalOptions | "help", string> {
  const read = readArguments(argv, {
    template: { type: "string" },
    config: { type: "string" },
    role: { type: "string" },
    parameter: { type: "string", multiple: true },
    explain: { type: "boolean" },
    "hold-aliases": { type: "boolean" },
    "sts-fault": { type: "string" },
  });
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  if (values.help) return accept("help");
  if (positionals.length > 0) return refuse(`takes options only, not "${positionals.join(" ")}"`);
  const parameters = readParameters(values.parameter);
  if (!parameters.ok) return parameters;
  const fault = readFault(values["sts-fault"]);
  if (!fault.ok) return fault;
  const files =
    values.template === undefined
      ? { ...own, ...(values.config !== undefined && { configFile: values.config }) }
      : { templateFile: values.template, ...(values.config !== undefined && { configFile: values.config }) };
  return accept({
    ...files,
    ...(values.role !== undefined && { role: values.role }),
    ...(values["hold-aliases"] === true && { holdAliases: true }),
    parameters: parameters.value,
    explain: values.explain ?? false,
    ...(fault.value && { fault: fault.value }),
  });
}

function readParameters(pairs: readonly string[] = []): Result<Record<string, string>, string> {
  const parameters: Record<string, string> = {};
  for (const pair of pairs) {
    const [, name, value] = /^([A-Za-z0-9]+)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || value === undefined) return refuse("--parameter takes NAME=VALUE");
    parameters[name] = value;
  }
  return accept(parameters);
}

const faults = ["throttle", "deny", "slow", "drop"] as const;
const slowMs = 5_000;

function readFault(name: string | undefined): Result<(() => StsFault) | undefined, string> {
  if (name === undefined) return accept(undefined);
  const fault = faults.find((each) => each === name);
  if (fault === undefined) return refuse(`--sts-fault takes ${faults.join(", ")}`);
  return accept(() => (fault === "slow" ? { slow: setTimeout(slowMs, undefined, { ref: false }) } : fault));
}
