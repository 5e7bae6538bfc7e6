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
  /** Where the token is written that opens the role's credentials, for a gateway that is started elsewhere. */
  readonly taskTokenFile?: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly explain: boolean;
  /** Asked once a request: what STS does to it. */
  readonly fault?: () => StsFault;
}

const own = {
  templateFile: "deploy/aws/functions.yaml",
  role: "grantway-gateway",
  operatorRole: "grantway-release",
  doctorRole: "grantway-doctor",
} as const;
const ownConfigFile = "deploy/local/gateway.yaml";

/** The page at /demo/ calls the functions of our own template through a gateway. */
export const servesPage = ({ templateFile, configFile }: LocalOptions): boolean =>
  templateFile === own.templateFile && configFile !== undefined;

export const usage = `npm run local -- [options]

  --template FILE       a SAM template to serve in place of ${own.templateFile}
  --config FILE         the gateway's configuration; without it, no gateway runs beside another template
  --without-gateway     what a gateway needs around it; one that is started elsewhere finds it there
  --task-token FILE     write there, once all of it listens, what the role's credentials are had with
                        (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)
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
    "without-gateway": { type: "boolean" },
    "task-token": { type: "string" },
  });
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  if (values.help) return accept("help");
  if (positionals.length > 0) return refuse(`takes options only, not "${positionals.join(" ")}"`);
  const parameters = readParameters(values.parameter);
  if (!parameters.ok) return parameters;
  const fault = readFault(values["sts-fault"]);
  if (!fault.ok) return fault;
  const files = filesOf(values);
  if (!files.ok) return files;
  return accept({
    ...files.value,
    ...(values.role !== undefined && { role: values.role }),
    ...(values["hold-aliases"] === true && { holdAliases: true }),
    ...(values["task-token"] !== undefined && { taskTokenFile: values["task-token"] }),
    parameters: parameters.value,
    explain: values.explain ?? false,
    ...(fault.value && { fault: fault.value }),
  });
}

interface FileOptions {
  readonly template?: string | undefined;
  readonly config?: string | undefined;
  readonly "without-gateway"?: boolean | undefined;
}

/** Beside the own template its own roles and gateway; beside another one, what is named. */
function filesOf({
  template,
  config,
  "without-gateway": isAlone = false,
}: FileOptions): Result<Omit<LocalOptions, "parameters" | "explain">, string> {
  if (isAlone && config !== undefined)
    return refuse("--without-gateway leaves nothing for --config to configure");
  const named = template === undefined ? own : { templateFile: template };
  const configFile = config ?? (template === undefined ? ownConfigFile : undefined);
  return accept({ ...named, ...(configFile !== undefined && !isAlone && { configFile }) });
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
