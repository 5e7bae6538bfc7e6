// `npm run --silent export-credentials`: a reply of the grant door, or of the task's credentials endpoint, on standard
// input -> `export` lines for a shell.
import { text } from "node:stream/consumers";
import { exitStatus } from "../../server/cli/console.js";
import { isJsonObject, parseJson } from "../../server/core/strict-json.js";

process.exitCode = process.argv.length > 2 ? wrongUsage() : print(await text(process.stdin));

function wrongUsage(): number {
  process.stderr.write("export-credentials: takes no arguments: it reads a reply from standard input\n");
  return exitStatus.usage;
}

function print(reply: string): number {
  const lines = exportLines(reply);
  if (lines === undefined) process.stderr.write(`export-credentials: no credentials in: ${reply}\n`);
  else process.stdout.write(lines);
  return lines === undefined ? exitStatus.no : exitStatus.ok;
}

function exportLines(reply: string): string | undefined {
  const { AccessKeyId, SecretAccessKey, Token, SessionToken = Token, FuncUrl } = fieldsOf(reply);
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) return undefined;
  const variables = {
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    AWS_SESSION_TOKEN: SessionToken,
    ...(FuncUrl && { FUNC_URL: FuncUrl }),
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`)
    .join("");
}

/** Those that are text. */
function fieldsOf(reply: string): Partial<Record<string, string>> {
  const fields = parseJson(reply);
  if (!isJsonObject(fields)) return {};
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, string] => typeof field[1] === "string"),
  );
}
