// `npm run --silent export-credentials`: a reply of the grant door, or of the task's credentials endpoint, on standard
// input -> `export` lines for a shell.
import { text } from "node:stream/consumers";

const reply = await text(process.stdin);
const lines = exportLines(reply);
if (lines === undefined) process.stderr.write(`export-credentials: no credentials in: ${reply}\n`);
else process.stdout.write(lines);
process.exitCode = lines === undefined ? 1 : 0;

function exportLines(json: string): string | undefined {
  const { AccessKeyId, SecretAccessKey, Token, SessionToken = Token, FuncUrl } = fieldsOf(json);
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

function fieldsOf(json: string): Partial<Record<string, string>> {
  try {
    return JSON.parse(json) as Partial<Record<string, string>>;
  } catch {
    return {};
  }
}
