// A report for a terminal: each finding with what it causes and what to paste, then what could not be seen.
import { printable } from "../core/printable.js";
import type { Style } from "../core/style.js";
import type { Blind, Finding, Report } from "./finding.js";

export function reportText(report: Report, style: Style): string {
  const { gateway, findings, blind, learnt } = report;
  const looked = `looked at ${learnt.read} things by reading, ${learnt.probed} by probing`;
  return [
    `${style.bold("gateway")}  ${printable(gateway)}\n`,
    ...findings.map((finding) => `\n${findingText(finding, style)}`),
    ...(blind.length > 0 ? [`\n${style.dim("not seen")}\n`, ...blind.map(blindText)] : []),
    `\n${summary(findings, style)}; ${looked}\n`,
  ].join("");
}

function findingText({ severity, id, where, problem, effect, learnt, paste }: Finding, style: Style): string {
  const colour = { error: style.red, warning: style.yellow, note: style.dim }[severity];
  const lines = [
    `${colour(severity)}  ${style.bold(id)}  ${printable(where.join(", "))}`,
    `  what    ${printable(problem)} (${learnt})`,
    `  causes  ${printable(effect)}`,
  ];
  if (paste) lines.push(`  paste   into ${printable(paste.into)}:`, ...indented(paste.text));
  return lines.map((line) => `${line}\n`).join("");
}

const indented = (text: string): readonly string[] =>
  text.split("\n").map((line) => `    ${printable(line)}`);

const blindText = ({ where, sentence }: Blind): string =>
  `  ${printable(where.join(", "))}: ${printable(sentence)}\n`;

function summary(findings: readonly Finding[], style: Style): string {
  if (!isUnwell({ findings })) return style.green("nothing is wrong that could be seen");
  const count = (severity: Finding["severity"], noun: string): string => {
    const found = findings.filter((finding) => finding.severity === severity).length;
    return `${found} ${noun}${found === 1 ? "" : "s"}`;
  };
  return style.red(`${count("error", "error")}, ${count("warning", "warning")}`);
}

/** A note is nobody's fault. */
export const isUnwell = ({ findings }: Pick<Report, "findings">): boolean =>
  findings.some(({ severity }) => severity !== "note");
