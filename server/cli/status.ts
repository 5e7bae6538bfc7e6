// `grantway status`: the versions behind an alias and how they do.
import { toJson } from "../core/printable.js";
import { tellFault } from "../release/release.js";
import { readStatus } from "../release/status.js";
import { statusText } from "../release/text.js";
import { readArguments } from "./arguments.js";
import { exitStatus, usageFault, type Command, type Console } from "./console.js";
import { readTarget, targetOptions, targetUsage } from "./release-options.js";

const usage = `Usage: grantway status --function NAME --alias NAME [OPTIONS]

Says which versions the alias runs, with which share of the calls, what the last release was,
and the calls and errors of the last ten minutes.

Options:
${targetUsage.replace("One line of JSON for each event.", "All of it as one JSON object.")}
  -h, --help            This text.

Exit status: 0, 64 wrong usage, 69 AWS or a gateway could not be asked.
Example: grantway status --function reports --alias live
`;

async function run(argv: readonly string[], console: Console): Promise<number> {
  const parsed = readArguments(argv, targetOptions);
  if (!parsed.ok) return usageFault(console, "status", parsed.denial);
  const { values, positionals } = parsed.value;
  if (positionals.length > 0) return usageFault(console, "status", "it takes options only");
  const target = readTarget(values, console.env);
  if (!target.ok) return usageFault(console, "status", target.denial);
  const { openPorts, statusOf } = await import("./release-ports.js");
  const ports = openPorts(target.value, console, false);
  try {
    const status = await readStatus(ports);
    if (!status.ok) return statusOf[tellFault(ports, status.denial)];
    const { name, alias } = target.value;
    const report = status.value;
    console.print(
      values.json ? toJson({ function: name, alias, ...report }) : statusText(`${name}:${alias}`, report),
    );
    return exitStatus.ok;
  } finally {
    ports.close();
  }
}

export const status: Command = { usage, run };
