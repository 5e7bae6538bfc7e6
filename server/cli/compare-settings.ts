// One case under two configurations: who gains access, who loses it, whose session changes.
import type { AssumeRoleCommandInput } from "@aws-sdk/client-sts";
import type { Answer, Granted } from "./explanation.js";
import { describeDenial } from "./token-checks.js";

export type Change = "gains access" | "loses access" | "session changes" | "refused otherwise" | "same";

export interface Comparison {
  readonly change: Change;
  /** Lines that only the old configuration gives. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export function compareAnswers(before: Answer, after: Answer): Comparison {
  const [old, now] = [linesOf(before), linesOf(after)];
  const lines = {
    before: old.filter((line) => !now.includes(line)),
    after: now.filter((line) => !old.includes(line)),
  };
  if (before.granted !== after.granted) {
    const [was, is] = [lines.before.filter(namesSession), lines.after.filter(namesSession)];
    return { change: after.granted ? "gains access" : "loses access", before: was, after: is };
  }
  if (lines.before.length + lines.after.length === 0) return { change: "same", ...lines };
  return { change: after.granted ? "session changes" : "refused otherwise", ...lines };
}

/** Who somebody is or was allowed to be says enough, where the other side is nothing at all. */
const namesSession = (line: string): boolean => /^(?:RoleArn|RoleSessionName|Tags\.|denial)/.test(line);

const linesOf = (answer: Answer): string[] =>
  answer.granted
    ? sessionLines(answer)
    : [
        `denial: ${answer.denial.reason === "role_not_granted" ? answer.denial.reason : describeDenial(answer.denial)}`,
      ];

/** All that STS and the function are sent, statement by statement. The name of a rule is nobody's access. */
function sessionLines({ assumeRole, headers = {}, tenantId }: Granted): string[] {
  const { Policy = "{}", Tags = [], ...input } = assumeRole;
  const { Statement = [] } = JSON.parse(Policy) as { Statement?: readonly unknown[] };
  return [
    ...Object.entries(input satisfies Partial<AssumeRoleCommandInput>).map(
      ([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
    ),
    ...Tags.map(({ Key = "", Value = "" }) => `Tags.${Key}: ${Value}`),
    ...Statement.map((statement) => `Policy: ${JSON.stringify(statement)}`),
    ...Object.entries(headers).map(([name, value]) => `header ${name}: ${value}`),
    ...(tenantId === undefined ? [] : [`tenant: ${tenantId}`]),
  ];
}
