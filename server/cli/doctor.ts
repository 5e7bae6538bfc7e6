// `grantway doctor`: looks at what is deployed, from the configuration to IAM, Lambda and the issuers, and says what is
// wrong, what it causes and what to paste. It changes nothing and runs no function.
import { dirname, join } from "node:path";
import { loadConfiguration } from "../config/load.js";
import { formatFaults } from "../config/fault.js";
import { nameSource, parseText, readSource, type SourceOptions } from "../config/source.js";
import { isJsonObject } from "../core/strict-json.js";
import { readFly } from "../doctor/check-surroundings.js";
import type { FlyFacts } from "../doctor/facts.js";
import { scopeOf } from "../doctor/scope.js";
import { readArguments, withEnvironment } from "./arguments.js";
import { hasProfile } from "./aws-profile.js";
import { exitStatus, usageFault, type Command, type Console } from "./console.js";
import { doctorOptions, readAsked } from "./doctor-options.js";

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
      --gateway-role ARN       Run by somebody else than the gateway: read for this role of its.
                               Also for a role of the gateway's that has a path.
      --role-arn ARN           The role to look at where a claim chooses it.
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

async function run(argv: readonly string[], console: Console): Promise<number> {
  const parsed = readArguments(argv, doctorOptions);
  if (!parsed.ok) return usageFault(console, "doctor", parsed.denial);
  const { values, positionals } = parsed.value;
  if (positionals.length > 0) return usageFault(console, "doctor", "it takes options only");
  const asked = readAsked(values);
  if (!asked.ok) return usageFault(console, "doctor", asked.denial);
  const { readerProfile } = asked.value;
  // The SDK has this process's environment, whatever --env says.
  if (readerProfile !== undefined && !hasProfile(readerProfile, process.env))
    return usageFault(console, "doctor", "--reader-profile is not in the AWS configuration files");
  const env = withEnvironment(console.env, values.env);
  if (!env.ok) return usageFault(console, "doctor", env.denial);

  const source = {
    ...(values.config !== undefined && { file: values.config }),
    env: env.value,
    readFile: console.readFile,
  };
  const settings = loadConfiguration(source);
  if (!settings.ok) {
    console.printError(`grantway: ${formatFaults(nameSource(source), settings.denial)}`);
    return exitStatus.config;
  }
  const { route } = values;
  if (route !== undefined && !settings.value.routes.some(({ name }) => name === route))
    return usageFault(console, "doctor", `there is no route named ${JSON.stringify(route.slice(0, 60))}`);
  const { roleArn } = asked.value;
  const scope = scopeOf(settings.value, {
    ...(route !== undefined && { route }),
    ...(roleArn !== undefined && { roleArn }),
    ownTimeouts: ownTimeouts(source),
  });
  const fly = findFly(values.fly, source);
  if (fly === "unreadable") return usageFault(console, "doctor", "--fly cannot be read");

  const { runDoctor } = await import("./run-doctor.js");
  const { sts } = settings.value;
  return runDoctor(
    { ...asked.value, sts, scope, ...(fly && { fly }), isJson: values.json === true },
    console,
  );
}

/** Settings do not tell what was written from what was left out. */
function ownTimeouts(source: SourceOptions): ReadonlySet<number> {
  const text = readSource(source);
  const parsed = text.ok ? parseText(text.value) : text;
  const document = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {};
  const routes: readonly unknown[] = Array.isArray(document.routes) ? document.routes : [];
  return new Set(routes.flatMap((each, at) => (isJsonObject(each) && "timeout" in each ? [at] : [])));
}

function findFly(given: string | undefined, source: SourceOptions): FlyFacts | "unreadable" | undefined {
  const file = given ?? join(dirname(nameSource(source)), "fly.toml");
  try {
    return readFly(file, source.readFile(file));
  } catch {
    return given === undefined ? undefined : "unreadable";
  }
}

export const doctor: Command = { usage, run };
