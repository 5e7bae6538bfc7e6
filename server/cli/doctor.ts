// `grantway doctor`: looks at what is deployed, from the configuration to IAM, Lambda and the issuers, and says what is
// wrong, what it causes and what to paste. It changes nothing and runs no function.
import { dirname, join } from "node:path";
import type { Settings } from "../config/compile.js";
import { formatFaults, type Fault } from "../config/fault.js";
import { loadDocument } from "../config/load.js";
import { nameSource, parseText, readSource, type SourceOptions } from "../config/source.js";
import { accept, refuse, type Result } from "../core/result.js";
import { isJsonObject } from "../core/strict-json.js";
import type { FlyFacts } from "../doctor/facts.js";
import { readFly } from "../doctor/readers/read-fly.js";
import { scopeOf, type Scope } from "../doctor/scope.js";
import { readArguments, withEnvironment } from "./arguments.js";
import { hasProfile, profileFiles } from "./aws-profile.js";
import { exitStatus, usageFault, type Command, type Console } from "./console.js";
import { doctorOptions, readAsked, type DoctorAsked } from "./doctor-options.js";

const usage = `Usage: grantway doctor [OPTIONS]

Looks at what is deployed, with the gateway's own credentials (found as the AWS SDK finds them),
and says what is wrong, what callers see of it, and what to paste where. It changes nothing and
runs no function: it reads IAM and Lambda where it may, and asks STS for each role as the
gateway does, with a session policy that allows nothing. Where it may not read, it asks Lambda
for a DryRun of what is called by the Invoke API.

Options:
      --config FILE            Else GATEWAY_CONFIG, else gateway.yaml.
      --route NAME             This route only, and its rules.
      --reader-profile NAME    The AWS profile that may read IAM and Lambda; else the gateway's.
      --gateway-role ARN       The gateway's role, when you are not the gateway. As the gateway,
                               give it if the role has a path.
      --role-arn ARN           The role to look at, if a claim chooses it.
      --tag KEY=VALUE          A tag as real callers have it, where a trust policy asks for more
                               than any value; else the rule's probe. May be repeated.
      --source-identity TEXT   The same for the source identity.
      --load-balancer ARN      Also read the clocks of this Application Load Balancer.
      --fly FILE               Also read this fly.toml; else one beside the configuration.
      --endpoint URL           In place of AWS: the local twin's.
      --env NAME=VALUE         A variable that the configuration asks for. May be repeated.
      --json                   The report as JSON.
  -h, --help                   This text.

Exit status: 0 nothing found, 1 findings, 64 wrong usage, 69 could not look, 78 a bad
configuration.
Example: grantway doctor --config gateway.yaml --reader-profile doctor
`;

interface Question {
  readonly asked: DoctorAsked;
  readonly source: SourceOptions;
  readonly route?: string;
  readonly fly?: string;
  readonly isJson: boolean;
}

async function run(argv: readonly string[], console: Console): Promise<number> {
  const question = readQuestion(argv, console);
  if (!question.ok) return usageFault(console, "doctor", question.denial);
  const { asked, source, isJson } = question.value;
  const loaded = load(source);
  if (!loaded.ok) {
    console.printError(`grantway: ${formatFaults(nameSource(source), loaded.denial)}`);
    return exitStatus.config;
  }
  const scope = findScope(loaded.value, question.value);
  if (!scope.ok) return usageFault(console, "doctor", scope.denial);
  const fly = findFly(question.value.fly, source);
  if (!fly.ok) return usageFault(console, "doctor", fly.denial);

  const { runDoctor } = await import("./run-doctor.js");
  const { sts } = loaded.value.settings;
  return runDoctor(
    { ...asked, sts, scope: scope.value, ...(fly.value && { fly: fly.value }), isJson },
    console,
  );
}

function readQuestion(argv: readonly string[], console: Console): Result<Question, string> {
  const parsed = readArguments(argv, doctorOptions);
  if (!parsed.ok) return parsed;
  const { values, positionals } = parsed.value;
  const { config, route, fly, json: isJson = false } = values;
  if (positionals.length > 0) return refuse("it takes options only");
  const asked = readAsked(values);
  if (!asked.ok) return asked;
  const { readerProfile } = asked.value;
  // The SDK has this process's environment, whatever --env says.
  if (readerProfile !== undefined && !hasProfile(readerProfile, process.env)) {
    const files = profileFiles(process.env).join(" nor in ");
    return refuse(`the profile ${quoted(readerProfile)} of --reader-profile is neither in ${files}`);
  }
  const env = withEnvironment(console.env, values.env);
  if (!env.ok) return env;
  const source = {
    ...(config !== undefined && { file: config }),
    env: env.value,
    readFile: console.readFile,
  };
  return accept({
    ...{ asked: asked.value, source, isJson },
    ...(route !== undefined && { route }),
    ...(fly !== undefined && { fly }),
  });
}

interface Loaded {
  readonly settings: Settings;
  /** Settings do not tell what was written from what was left out. */
  readonly ownTimeouts: ReadonlySet<number>;
}

function load(source: SourceOptions): Result<Loaded, readonly Fault[]> {
  const text = readSource(source);
  if (!text.ok) return text;
  const document = parseText(text.value);
  if (!document.ok) return document;
  const settings = loadDocument(document.value, source);
  return settings.ok
    ? accept({ settings: settings.value, ownTimeouts: ownTimeouts(document.value) })
    : settings;
}

function ownTimeouts(document: unknown): ReadonlySet<number> {
  const { routes } = isJsonObject(document) ? document : {};
  const each: readonly unknown[] = Array.isArray(routes) ? routes : [];
  return new Set(each.flatMap((one, at) => (isJsonObject(one) && "timeout" in one ? [at] : [])));
}

/** As many names as a line has room for. */
const mostNames = 10;

function findScope({ settings, ownTimeouts }: Loaded, { route, asked }: Question): Result<Scope, string> {
  const names = settings.routes.map(({ name }) => name);
  if (route !== undefined && !names.includes(route)) {
    const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
    const known = names.slice(0, mostNames).join(", ") + more;
    return refuse(`there is no route named ${quoted(route)}; the configuration has ${known}`);
  }
  const { roleArn } = asked;
  return accept(
    scopeOf(settings, {
      ...(route !== undefined && { route }),
      ...(roleArn !== undefined && { roleArn }),
      ownTimeouts,
    }),
  );
}

const quoted = (given: string): string => JSON.stringify(given.slice(0, 60));

/** One beside the configuration need not be there; one that was named must. */
function findFly(given: string | undefined, source: SourceOptions): Result<FlyFacts | undefined, string> {
  const file = given ?? join(dirname(nameSource(source)), "fly.toml");
  let text: string;
  try {
    text = source.readFile(file);
  } catch (error) {
    return given === undefined ? accept(undefined) : refuse(`--fly ${file} cannot be read: ${whyOf(error)}`);
  }
  return accept(readFly(file, text));
}

/** The code, where the system gave one: its sentence has the name a second time. */
function whyOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  return code ?? message;
}

export const doctor: Command = { usage, run };
