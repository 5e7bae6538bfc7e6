// `grantway rollback`: ends a release that is under way, or takes a finished one back.
import { rollback as runRollback } from "../release/rollback.js";
import { readArguments } from "./arguments.js";
import { usageFault, type Command, type Console } from "./console.js";
import { aliasOptions, aliasUsage, readTarget } from "./release-options.js";

const usage = `Usage: grantway rollback --function NAME --alias NAME [OPTIONS]

Puts the alias on one version alone: the one before, where a release of grantway's left it
written on the alias, or the one that --to names.

Options:
${aliasUsage}
      --to VERSION      A version's number.
      --dry-run         Say which call would be made; only read.
  -h, --help            This text.

Exit status: 0 done, 1 refused, 64 wrong usage, 69 AWS could not be asked.
Example: grantway rollback --function reports --alias live
`;

const options = { ...aliasOptions, to: { type: "string" }, "dry-run": { type: "boolean" } } as const;

async function run(argv: readonly string[], console: Console): Promise<number> {
  const parsed = readArguments(argv, options);
  if (!parsed.ok) return usageFault(console, "rollback", parsed.denial);
  const { values, positionals } = parsed.value;
  if (positionals.length > 0) return usageFault(console, "rollback", "it takes options only");
  const target = readTarget(values, console.env);
  if (!target.ok) return usageFault(console, "rollback", target.denial);
  if (values.to !== undefined && !/^[1-9]\d{0,9}$/.test(values.to))
    return usageFault(console, "rollback", "--to takes a version's number");
  const { openPorts, statusOf } = await import("./release-ports.js");
  const ports = openPorts(target.value, console, values.json === true);
  try {
    return statusOf[await runRollback(ports, { to: values.to, isDryRun: values["dry-run"] === true })];
  } finally {
    ports.close();
  }
}

export const rollback: Command = { usage, run };
