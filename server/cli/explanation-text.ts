// An Explanation for a reader: the steps in order, the AssumeRole input with its policy laid out, the answer last.
import type { Denial } from "../core/denial.js";
import { printableDeep } from "../core/printable.js";
import type { Style } from "../core/style.js";
import type { Explanation, Granted, Refused, RuleStep } from "./explanation.js";
import { formatTarget } from "./target-step.js";

export function formatExplanation(given: Explanation, source: string, style: Style): string {
  const explanation = printableDeep(given);
  const { request, at, answer } = explanation;
  const title = `${request.method} ${request.target}${request.door === undefined ? "" : `, ${request.door} door`}`;
  const parts = [
    `${style.bold(title)} at ${at}, by ${source}`,
    section("Route", routeLines(explanation, style), style),
    section("Token", tokenLines(explanation, style), style),
    section("Rules, in order", ruleLines(explanation, style), style),
    section("Slots", slotLines(explanation, style), style),
    section("Rate limits, in order", limitLines(explanation, style), style),
    answer.granted ? section("AssumeRole would be sent", assumeRoleLines(answer), style) : "",
    answer.granted ? grantedLine(answer, style) : refusedLines(answer, style),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[], style: Style): string {
  return lines.length === 0 ? "" : [style.bold(title), ...lines.map((line) => `  ${line}`)].join("\n");
}

function routeLines({ route }: Explanation, style: Style): string[] {
  if (!route.found) {
    const table = route.others.map(({ key, why }) => [key, why] as const);
    return columns(table).map((line) => `${style.red("✗")} ${line}`);
  }
  const params = Object.entries(route.params).map(([name, value]) => `, ${name} = ${JSON.stringify(value)}`);
  const name = route.name === route.key ? route.key : `${route.name} (${route.key})`;
  return [
    `${style.green("✓")} ${name}, ${route.door} door${params.join("")}`,
    `  ${formatTarget(route.target)}`,
  ];
}

function tokenLines({ token, scopes, answer }: Explanation, style: Style): string[] {
  if (token === undefined) return [];
  const marks = { passed: style.green("✓"), failed: style.red("✗") } as const;
  const rows = columns(
    token.checks.map(({ check, outcome, detail }) => [
      check,
      outcome === "passed" || outcome === "failed" ? detail : `${outcome}: ${detail}`,
    ]),
  );
  const lines = rows.map((row, at) => {
    const outcome = token.checks[at]?.outcome;
    return `${outcome === "passed" || outcome === "failed" ? marks[outcome] : style.dim("·")} ${row}`;
  });
  const assumed = token.assumed.join(", ");
  if (assumed !== "") lines.push(style.dim(`  not given, taken to be as they should: ${assumed}`));
  if (scopes === undefined || scopes.needsOneOf.length === 0) return lines;
  const isEnough = answer.granted || answer.denial.reason !== "scope_insufficient";
  const has = scopes.has.length === 0 ? "none" : scopes.has.join(" ");
  return [
    ...lines,
    `${isEnough ? marks.passed : marks.failed} scopes: one of ${scopes.needsOneOf.join(", ")}; has ${has}`,
  ];
}

function ruleLines({ rules = [] }: Explanation, style: Style): string[] {
  const marks: Record<RuleStep["outcome"], string> = {
    matches: style.green("✓"),
    "does not match": style.red("✗"),
    "not asked": style.dim("·"),
    "not on this route": style.dim("·"),
  };
  const rows = columns(
    rules.map(({ rule, outcome, when, cause }) => [
      rule,
      cause === undefined ? outcome : `${outcome}, ${cause}`,
      when,
    ]),
  );
  return rows.map((row, at) => `${marks[rules[at]?.outcome ?? "not asked"]} ${row}`);
}

function slotLines({ slots = [] }: Explanation, style: Style): string[] {
  const rows = slots.map(({ slot, expression, value, fault }) => [
    slot,
    fault === undefined ? JSON.stringify(value) : style.red(fault),
    expression,
  ]);
  return columns(rows);
}

function limitLines({ limits = [] }: Explanation, style: Style): string[] {
  const rows = columns(
    limits.map(({ limit, allows, key, outcome, value, fault }) => {
      const what = fault === undefined ? `${key} = ${JSON.stringify(value)}` : style.red(fault);
      return [limit, allows, outcome === "counts" ? what : outcome];
    }),
  );
  return rows.map((row, at) => {
    const { outcome, fault } = limits[at] ?? {};
    if (fault !== undefined) return `${style.red("✗")} ${row}`;
    return `${outcome === "counts" ? style.green("✓") : style.dim("·")} ${row}`;
  });
}

function assumeRoleLines({ assumeRole, headers, tenantId }: Granted): string[] {
  const { Policy, ...input } = assumeRole;
  const rows = columns(Object.entries(input).map(([key, value]) => [key, formatMember(value)]));
  const policy = JSON.stringify(JSON.parse(Policy ?? "null"), null, 2).split("\n");
  const relayed = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  return [
    ...rows,
    `Policy (${Policy?.length ?? 0} characters)`,
    ...policy.map((line) => `  ${line}`),
    ...(relayed.length > 0 ? ["Headers for the function", ...relayed.map((line) => `  ${line}`)] : []),
    ...(tenantId === undefined ? [] : [`Tenant of the function  ${tenantId}`]),
  ];
}

/** Tags as `tenant=acme`. */
function formatMember(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value
    .map((each: unknown) => (isTag(each) ? `${each.Key}=${each.Value}` : formatElement(each)))
    .join(", ");
}

const formatElement = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const isTag = (value: unknown): value is { readonly Key: string; readonly Value: string } =>
  typeof value === "object" && value !== null && "Key" in value && "Value" in value;

function grantedLine({ rule, assumeRole }: Granted, style: Style): string {
  const session = `a session of ${assumeRole.RoleArn ?? ""} as ${assumeRole.RoleSessionName ?? ""}`;
  return `${style.green("granted")} by rule ${rule}: ${session}`;
}

function refusedLines({ denial, problem }: Refused, style: Style): string {
  const { reason, ...data } = denial;
  const facts = Object.entries(data).map(([name, value]) => `${name}: ${formatMember(value)}`);
  const seen = `the caller sees ${problem.status} ${problem.code}: ${problem.detail}`;
  const hint = hints[reason];
  const lines = [
    `${style.red("refused")}: ${reason}`,
    ...facts,
    seen,
    ...(hint === undefined ? [] : [style.dim(hint)]),
  ];
  return lines.join("\n  ");
}

const hints: Partial<Record<Denial["reason"], string>> = {
  token_expired: "--at TIME explains it as of a moment when it was valid",
  token_not_yet_valid: "--at TIME explains it as of a moment when it is valid",
  keys_unavailable: "--offline explains the rest without the signature",
};

/** Columns as wide as their widest cell, up to 48 characters; the last one is free. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((at) => Math.min(48, Math.max(0, ...rows.map((row) => row[at]?.length ?? 0))));
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
