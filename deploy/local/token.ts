// `npm run --silent token -- USER`: prints an access token of a sample user of the local OpenID provider, and nothing
// else. Asks the running provider over HTTP; starts nothing.
import { parseArgs } from "node:util";
import { exitStatus } from "../../server/cli/console.js";
import { accept, refuse, type Result } from "../../server/core/result.js";
import { fetchToken } from "./issuer/fetch-token.js";
import { api } from "./issuer/user-grant.js";
import { userNames } from "./issuer/users.js";

interface CommandLine {
  readonly user: string;
  readonly ttl?: string | undefined;
  readonly scope?: string | undefined;
}

const usage = `usage: npm run --silent token -- USER [--ttl SECONDS] [--scope "NAME NAME"]

Prints an access token (JWT) of a sample user of the local OpenID provider.

  USER      ${userNames.join(", ")}
  --ttl     life of the token in seconds, ${api.accessTokenTTL} when left out
  --scope   scopes of the token, "${api.scope}" when left out
  ISSUER, ISSUER_PORT   (environment) where the provider is; http://127.0.0.1:4000 when left out
`;

process.exitCode = await run();

async function run(): Promise<number> {
  const parsed = parseCommandLine();
  if (!parsed.ok) return fail(`${parsed.denial} (--help tells more)`, exitStatus.usage);
  if (parsed.value === "help") return print(usage);
  const { user, ttl: ttlSeconds, scope } = parsed.value;
  const { ISSUER_PORT = "4000", ISSUER = `http://127.0.0.1:${ISSUER_PORT}` } = process.env;
  const token = await fetchToken(ISSUER, { user, ttlSeconds, scope });
  return token.ok ? print(`${token.value}\n`) : fail(token.denial, exitStatus.no);
}

function print(text: string): number {
  process.stdout.write(text);
  return exitStatus.ok;
}

function fail(sentence: string, status: number): number {
  process.stderr.write(`token: ${sentence}\n`);
  return status;
}

function parseCommandLine(): Result<CommandLine | "help", string> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" }, ttl: { type: "string" }, scope: { type: "string" } },
    });
    if (values.help) return accept("help");
    const [user, ...others] = positionals;
    if (user === undefined || others.length > 0) return refuse(`name one user: ${userNames.join(", ")}`);
    return accept({ ...values, user });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}
