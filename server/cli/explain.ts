// `grantway explain`: what one call would get, step by step. Asks the issuer for its keys, unless told not to, and
// never AWS.
import { createSigningKeys } from "../adapters/signing-keys.js";
import { printable, toJson } from "../core/printable.js";
import { parseRequestTarget } from "../core/request-target.js";
import { isStsPath, stsRoutes } from "../sts.js";
import { readArguments, withEnvironment } from "./arguments.js";
import { loadSettings, type LoadedSettings } from "./configuration.js";
import { exitStatus, usageFault, type Command, type Console } from "./console.js";
import { readQuestion, type Question } from "./explain-question.js";
import { explainRequest } from "./explain-request.js";
import { formatExplanation } from "./explanation-text.js";
import { styleFor } from "./style.js";

const usage = `Usage: grantway explain --route "METHOD /PATH" (--token JWT | --token-file FILE | --claims FILE)
                        [OPTIONS]

Says, step by step, what one call would get: the route, the checks of the token, which rule
matches and why the others do not, and the exact AssumeRole input with its policy.
Never calls AWS and never prints the token.

Options:
      --route CALL         The call, such as "GET /reports/7", "POST /grant/reports" or
                           "POST /sts/reports".
      --door proxy|grant   grant: the grant door of the route that CALL finds.
      --token JWT          The caller's token. Others on this machine can see it in the list of
                           processes; --token-file does not show it.
      --token-file FILE    A file that holds the token; - is standard input.
      --claims FILE        Instead of a token: its claims, as JSON or YAML. iss, aud and exp may be
                           left out. - is standard input.
      --issuer NAME        With --claims: the issuer's short name, where iss does not tell it.
      --at TIME            The moment to explain, such as 2026-11-21T20:00:00Z or seconds since
                           1970; for a token that has expired since. Default: now.
      --source-ip ADDRESS  The caller's address, for rules with bindSourceIp.
      --offline            Do not fetch the issuer's keys: the signature is not checked.
      --long-term-key      The gateway runs on a user's access key, not on a role: sessions of more
                           than an hour are possible.
      --config FILE        The configuration; else GATEWAY_CONFIG, else gateway.yaml.
      --env NAME=VALUE     A variable that the configuration asks for. May be repeated.
      --json               Print the explanation as JSON.
  -h, --help               This text.

Exit status: 0 a session would be asked for, 1 refused, 64 wrong usage, 78 a bad configuration.
Example: grantway explain --route "GET /reports/7" --claims alice.json --config gateway.yaml
`;

const options = {
  config: { type: "string" },
  route: { type: "string" },
  token: { type: "string" },
  "token-file": { type: "string" },
  claims: { type: "string" },
  issuer: { type: "string" },
  door: { type: "string" },
  "source-ip": { type: "string" },
  at: { type: "string" },
  env: { type: "string", multiple: true },
  offline: { type: "boolean" },
  "long-term-key": { type: "boolean" },
  json: { type: "boolean" },
} as const;

async function run(argv: readonly string[], console: Console): Promise<number> {
  const parsed = readArguments(argv, options);
  if (!parsed.ok) return usageFault(console, "explain", parsed.denial);
  const { values, positionals } = parsed.value;
  if (positionals.length > 0)
    return usageFault(console, "explain", "it takes no argument beside its options");
  const question = readQuestion(values, console);
  if (!question.ok) return usageFault(console, "explain", question.denial);
  const env = withEnvironment(console.env, values.env);
  if (!env.ok) return usageFault(console, "explain", env.denial);
  const loaded = loadSettings(console, env.value, values.config);
  if (!loaded.ok) return loaded.denial;
  const isOffline = values.offline === true || question.value.evidence.kind === "claims";
  const several = severalAtSts(loaded.value, question.value);
  if (several !== undefined) return usageFault(console, "explain", several);
  const explanation = await answer(loaded.value, question.value, {
    isOffline,
    isChained: values["long-term-key"] !== true,
  });
  const text = values.json
    ? toJson(explanation)
    : formatExplanation(explanation, loaded.value.source, styleFor(console));
  console.print(text);
  return explanation.answer.granted ? exitStatus.ok : exitStatus.no;
}

/** At /sts alone a session may be made of several routes'. */
function severalAtSts({ settings }: LoadedSettings, { request }: Question): string | undefined {
  const target = parseRequestTarget(request.target);
  if (!target.ok || !isStsPath(target.value)) return undefined;
  const [first, ...others] = stsRoutes(settings.routes, target.value);
  if (first === undefined || others.length === 0) return undefined;
  return `/sts means ${others.length + 1} routes here; name one: --route "POST /sts/${printable(first.name)}"`;
}

async function answer(
  { settings }: LoadedSettings,
  { request, evidence, now }: Question,
  { isOffline, isChained }: { readonly isOffline: boolean; readonly isChained: boolean },
) {
  const keys = isOffline ? undefined : createSigningKeys({ issuers: settings.issuers, clock: Date.now });
  try {
    return await explainRequest(request, evidence, { settings, now, keys, isChained });
  } finally {
    await keys?.close();
  }
}

export const explain: Command = { usage, run };
