// What a case expects against what it got, as the lines of a diff.
import type { Expectation } from "./case-file.js";
import { describeDenial } from "./token-checks.js";
import type { Answer, Granted } from "./explanation.js";

/** `-` lines and `+` lines of one expectation that does not hold. */
export interface Difference {
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

/** Every given expectation that does not hold. */
export function differencesOf(expect: Expectation, answer: Answer): readonly Difference[] {
  if (!answer.granted) {
    const { denial, problem } = answer;
    if (expect.denial === denial.reason || expect.denial === problem.code) return [];
    return [{ expected: expectedLines(expect), actual: [`denial: ${describeDenial(denial)}`] }];
  }
  if (expect.denial !== undefined) {
    return [{ expected: expectedLines(expect), actual: [`role: ${answer.assumeRole.RoleArn ?? ""}`] }];
  }
  return grantedDifferences(expect, answer);
}

const expectedLines = (expect: Expectation): string[] =>
  Object.entries(expect).map(([key, value]) => line(key, value));

const line = (key: string, value: unknown): string =>
  `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`;

function grantedDifferences(
  expect: Expectation,
  { rule, assumeRole: sent, headers = {} }: Granted,
): Difference[] {
  const tags = Object.fromEntries((sent.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
  const named = Object.fromEntries(
    Object.entries(expect.headers ?? {}).map(([name]) => [name, headers[name.toLowerCase()]]),
  );
  return [
    ...compare("role", expect.role, spelledLike(expect.role, sent.RoleArn ?? "")),
    ...compare("rule", expect.rule, rule),
    ...compare("sessionName", expect.sessionName, sent.RoleSessionName),
    ...compare("sourceIdentity", expect.sourceIdentity, sent.SourceIdentity ?? null),
    ...compare("duration", expect.duration, sent.DurationSeconds),
    ...compareAll("tags", expect.tags, tags),
    ...compareAll("headers", expect.headers, named),
    ...(expect.policy ? missingStatements(expect.policy, sent.Policy ?? "") : []),
  ];
}

function compare(key: string, expected: unknown, actual: unknown): Difference[] {
  if (expected === undefined || expected === actual) return [];
  return [{ expected: [line(key, expected)], actual: [line(key, actual ?? null)] }];
}

/** A role may be expected by its name in IAM alone. */
const spelledLike = (expected: string | undefined, arn: string): string =>
  expected?.startsWith("arn:") ? arn : arn.slice(arn.lastIndexOf("/") + 1);

type Texts = Readonly<Record<string, string | undefined>>;

function compareAll(name: string, expected: Texts | undefined, actual: Texts): Difference[] {
  if (expected === undefined) return [];
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => {
    const lines = (texts: Texts) =>
      Object.hasOwn(texts, key) && texts[key] !== undefined ? [`${name}.${key}: ${texts[key]}`] : [];
    const difference = { expected: lines(expected), actual: lines(actual) };
    return difference.expected[0] === difference.actual[0] ? [] : [difference];
  });
}

function missingStatements(expected: readonly object[], policy: string): Difference[] {
  const { Statement } = JSON.parse(policy) as { Statement: readonly object[] };
  const present = new Set(Statement.map(canonical));
  const missing = expected.filter((statement) => !present.has(canonical(statement)));
  if (missing.length === 0) return [];
  const lines = (statements: readonly object[]) => statements.map((each) => line("policy", each));
  return [{ expected: lines(missing), actual: lines(Statement) }];
}

/** IAM reads a text like a list of one, and lists in any order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) {
    const elements = value.map(canonical).toSorted();
    return elements.length === 1 ? (elements[0] ?? "") : `[${elements.join()}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(String(value));
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.toSorted().join()}}`;
}
