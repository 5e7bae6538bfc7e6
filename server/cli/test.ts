// `grantway test`: cases that say who may do what, run against one configuration, or compared under two.
import type { Settings } from "../config/compile.js";
import { formatFaults } from "../config/fault.js";
import { toJson } from "../core/printable.js";
import type { Style } from "../core/style.js";
import { readArguments, withEnvironment } from "./arguments.js";
import { readCases, type Case } from "./case-file.js";
import { compareAnswers } from "./compare-settings.js";
import { loadSettings } from "./configuration.js";
import { exitStatus, usageFault, type Command, type Console } from "./console.js";
import { differencesOf } from "./expectations.js";
import { explainRequest } from "./explain-request.js";
import type { Answer } from "./explanation.js";
import { styleFor } from "./style.js";
import { formatCompared, formatTested } from "./test-report.js";

const usage = `Usage: grantway test FILE... [OPTIONS]
       grantway test FILE... --diff OLD NEW [OPTIONS]

Runs the cases of FILE against the configuration, without any server and without AWS:

  cases:
    - name: an analyst reads her own tenant's reports
      claims: { sub: alice, groups: [analysts], tenant: acme }
      route: GET /reports/7
      expect: { role: reports-invoker, tags: { tenant: acme } }
    - name: others do not
      claims: { sub: bob, groups: [] }
      route: GET /reports/7
      expect: { denial: role_not_granted }

With --diff, lists what each case gets under the configuration NEW and did not get under OLD.

Options:
      --config FILE     The configuration; else GATEWAY_CONFIG, else gateway.yaml.
      --diff OLD NEW    Compare two configurations; \`expect\` is not looked at.
      --long-term-key   The gateway runs on a user's access key, not on a role: sessions of more
                        than an hour are possible.
      --env NAME=VALUE  A variable that the configuration asks for. May be repeated.
      --json            Print the result as JSON.
  -h, --help            This text.

Exit status: 0 all hold (--diff: nothing changes), 1 otherwise, 64 wrong usage, 78 a bad
configuration or case file.
Example: grantway test rules.test.yaml --config gateway.yaml
`;

const options = {
  config: { type: "string" },
  diff: { type: "boolean" },
  env: { type: "string", multiple: true },
  "long-term-key": { type: "boolean" },
  json: { type: "boolean" },
} as const;

async function run(argv: readonly string[], console: Console): Promise<number> {
  const parsed = readArguments(argv, options);
  if (!parsed.ok) return usageFault(console, "test", parsed.denial);
  const { values, tokens } = parsed.value;
  const { configurations, files } = splitArguments(tokens);
  if (files.length === 0) return usageFault(console, "test", "it needs at least one FILE with cases");
  if (configurations !== undefined && (configurations.length !== 2 || values.config !== undefined)) {
    return usageFault(console, "test", "--diff takes OLD and NEW right behind it, and no --config");
  }
  const env = withEnvironment(console.env, values.env);
  if (!env.ok) return usageFault(console, "test", env.denial);

  const loaded = (configurations ?? [values.config]).map((file) => loadSettings(console, env.value, file));
  const cases = readCases(files, console.readFile);
  if (!cases.ok) {
    console.printError(`grantway: ${formatFaults("cases", cases.denial)}`);
    return exitStatus.config;
  }
  const settings = loaded.flatMap((result) => (result.ok ? [result.value.settings] : []));
  const [first, second] = settings;
  if (first === undefined || settings.length < loaded.length) return exitStatus.config;
  const isChained = values["long-term-key"] !== true;
  // One moment for all: a second between two answers would read as a difference.
  const running = { console, isChained, isJson: values.json === true, now: console.clock() };
  return second === undefined
    ? testCases(cases.value, first, running)
    : compareCases(cases.value, [first, second], running);
}

interface Running {
  readonly console: Console;
  readonly isChained: boolean;
  readonly isJson: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

async function testCases(cases: readonly Case[], settings: Settings, running: Running): Promise<number> {
  const tested = await Promise.all(
    cases.map(async (each) => {
      const answer = await answerOf(each, settings, running);
      return { ...named(each), differences: differencesOf(each.expect, answer) };
    }),
  );
  const failed = tested.filter(({ differences }) => differences.length > 0).length;
  print(running, { passed: tested.length - failed, failed, cases: tested }, formatTested);
  return failed > 0 ? exitStatus.no : exitStatus.ok;
}

async function compareCases(
  cases: readonly Case[],
  [old, now]: readonly [Settings, Settings],
  running: Running,
): Promise<number> {
  const compared = await Promise.all(
    cases.map(async (each) => {
      const [before, after] = [await answerOf(each, old, running), await answerOf(each, now, running)];
      return { ...named(each), ...compareAnswers(before, after) };
    }),
  );
  const changed = compared.filter(({ change }) => change !== "same").length;
  print(running, { changed, same: compared.length - changed, cases: compared }, formatCompared);
  return changed > 0 ? exitStatus.no : exitStatus.ok;
}

const named = ({ name, file }: Case) => ({ name, file });

async function answerOf(each: Case, settings: Settings, { isChained, now }: Running): Promise<Answer> {
  const { route, door, sourceIp, claims, issuer, at = now } = each;
  const evidence = { kind: "claims", claims, issuer } as const;
  const explaining = { settings, now: at, isChained };
  return (await explainRequest({ ...route, door, sourceIp }, evidence, explaining)).answer;
}

function print<Report>(
  { console, isJson }: Running,
  report: Report,
  format: (report: Report, style: Style) => string,
): void {
  console.print(isJson ? toJson(report) : format(report, styleFor(console)));
}

type Tokens = readonly {
  readonly kind: string;
  readonly name?: string;
  readonly value?: string | undefined;
}[];

/** The two arguments right behind `--diff` are configurations, all others are case files. */
function splitArguments(tokens: Tokens): {
  readonly configurations?: readonly string[];
  readonly files: readonly string[];
} {
  const diffAt = tokens.findIndex(({ kind, name }) => kind === "option" && name === "diff");
  const valuesOf = (some: Tokens) =>
    some.flatMap(({ kind, value }) => (kind === "positional" && value !== undefined ? [value] : []));
  if (diffAt < 0) return { files: valuesOf(tokens) };
  const configurations = valuesOf(tokens.slice(diffAt + 1, diffAt + 3));
  return { configurations, files: valuesOf([...tokens.slice(0, diffAt), ...tokens.slice(diffAt + 3)]) };
}

export const test: Command = { usage, run };
