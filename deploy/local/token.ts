// `npm run --silent token -- USER`: prints an access token of a sample user of the local OpenID provider, and nothing
// else. Asks the running provider over HTTP; starts nothing.
import { parseArgs } from "node:util";
import { accept, refuse, type Result } from "../../server/core/result.js";
import { fetchToken } from "./issuer/fetch-token.js";
import { api } from "./issuer/user-grant.js";
import { userNames } from "./issuer/users.js";

interface CommandLine {
  readonly user: string | undefined;
  readonly help?: boolean | undefined;
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

const printed = await run();
if (printed.ok) process.stdout.write(printed.value);
else process.stderr.write(`token: ${printed.denial}\n`);
process.exitCode = printed.ok ? 0 : 1;

async function run(): Promise<Result<string, string>> {
  const parsed = parseCommandLine();
  if (!parsed.ok) return parsed;
  const { user, help, ttl: ttlSeconds, scope } = parsed.value;
  if (help) return accept(usage);
  if (user === undefined) return refuse(`name one user: ${userNames.join(", ")} (--help tells more)`);
  const { ISSUER_PORT = "4000", ISSUER = `http://127.0.0.1:${ISSUER_PORT}` } = process.env;
  const token = await fetchToken(ISSUER, { user, ttlSeconds, scope });
  return token.ok ? accept(`${token.value}\n`) : token;
}

function parseCommandLine(): Result<CommandLine, string> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: "boolean", short: "h" }, ttl: { type: "string" }, scope: { type: "string" } },
    });
    return accept({ ...values, user: positionals.length === 1 ? positionals[0] : undefined });
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)} (--help tells more)`);
  }
}
