// `grantway COMMAND ...`: finds the command and hands it the rest. A command is loaded when it is asked for, so that
// `check` and `test` do not wait for the server's packages.
import { nearest } from "../core/nearest.js";
import { exitStatus, type Command, type Console } from "./console.js";

const usage = `Usage: grantway COMMAND [OPTIONS]

OIDC in, scoped AWS session out.

Commands:
  serve        Run the gateway.
  check        Look for faults in the configuration, and for rules that cannot do what they seem to.
  explain      Say, step by step, what one call would get and why. Never calls AWS.
  test         Run cases that say who may do what; compare two configurations.
  release      Publish a version of a function and shift its alias to it, step by step, watching.
  status       Which versions an alias runs, and how they do.
  rollback     Put an alias back on the version before.
  doctor       Look at what is deployed: roles, functions, issuers, clocks. Changes nothing.
  credentials  Print a caller's AWS credentials, as a credential_process does.

Options:
  -h, --help     This text; after a command, what that command takes.
      --version  The version.

Exit status: 0 yes, 1 no, 64 wrong usage, 69 a port or a service cannot be had, 74 yes, but its
output cannot be written, 78 a bad configuration.
Example: grantway check gateway.yaml
`;

const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import("./serve.js")).serve,
  check: async () => (await import("./check.js")).check,
  explain: async () => (await import("./explain.js")).explain,
  test: async () => (await import("./test.js")).test,
  release: async () => (await import("./release.js")).release,
  status: async () => (await import("./status.js")).status,
  rollback: async () => (await import("./rollback.js")).rollback,
  doctor: async () => (await import("./doctor.js")).doctor,
  credentials: async () => (await import("./credentials.js")).credentials,
};

export async function dispatch(argv: readonly string[], console: Console, version: string): Promise<number> {
  const [name, ...rest] = argv;
  if (name === "--help" || name === "-h" || name === "help") return print(console, usage);
  if (name === "--version") return print(console, `${version}\n`);
  if (name === undefined) return fail(console, `name a command: ${Object.keys(commands).join(", ")}`);
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) return fail(console, unknownName(name));
  const command = await load();
  // What follows `--` is no option.
  const options = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : rest.length);
  if (options.includes("--help") || options.includes("-h")) return print(console, command.usage);
  return command.run(rest, console);
}

function print(console: Console, text: string): number {
  console.print(text);
  return exitStatus.ok;
}

function fail(console: Console, message: string): number {
  console.printError(`grantway: ${message} (grantway --help tells more)\n`);
  return exitStatus.usage;
}

function unknownName(name: string): string {
  if (name.startsWith("-")) return `there is no option ${name.split("=", 1)[0]?.slice(0, 30) ?? ""}`;
  const meant = nearest(name, Object.keys(commands));
  return `there is no command ${JSON.stringify(name.slice(0, 30))}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}
