// The results of `grantway test` for a reader: what differs as a diff, then one line that sums up.
import { printable } from "../core/printable.js";
import type { Style } from "../core/style.js";
import type { Change, Comparison } from "./compare-settings.js";
import type { Difference } from "./expectations.js";

interface Named {
  readonly name: string;
  readonly file: string;
}

export interface Tested {
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly (Named & { readonly differences: readonly Difference[] })[];
}

export function formatTested({ passed, failed, cases }: Tested, style: Style): string {
  const lines = cases.flatMap(({ name, file, differences }) => {
    if (differences.length === 0) return [`${style.green("✓")} ${printable(name)}`];
    const diff = differences.flatMap(({ expected, actual }) => diffLines(expected, actual, style));
    return [`${style.red("✗")} ${printable(name)} ${style.dim(`(${printable(file)})`)}`, ...diff];
  });
  const sum = `${passed} passed, ${failed} failed`;
  const legend = failed > 0 ? style.dim(" (- expected, + what the configuration gives)") : "";
  return `${lines.join("\n")}\n\n${failed > 0 ? style.red(sum) : style.green(sum)}${legend}\n`;
}

export interface Compared {
  readonly changed: number;
  readonly same: number;
  readonly cases: readonly (Named & Comparison)[];
}

export function formatCompared({ changed, same, cases }: Compared, style: Style): string {
  const colours: Record<Change, (text: string) => string> = {
    "gains access": style.green,
    "loses access": style.red,
    "session changes": style.yellow,
    "refused otherwise": style.dim,
    same: style.dim,
  };
  const lines = cases
    .filter(({ change }) => change !== "same")
    .flatMap(({ name, change, before, after }) => [
      `${colours[change](change)}: ${printable(name)}`,
      ...diffLines(before, after, style),
    ]);
  if (changed === 0) return `${style.green("nothing changes")} (${same} cases)\n`;
  const counts = Object.keys(colours)
    .map((change) => [cases.filter((each) => each.change === change).length, change] as const)
    .filter(([count]) => count > 0);
  return `${lines.join("\n")}\n\n${counts.map(([count, change]) => `${change}: ${count}`).join(", ")}\n`;
}

const diffLines = (minus: readonly string[], plus: readonly string[], style: Style): string[] => [
  ...minus.map((line) => `    ${style.red(`- ${printable(line)}`)}`),
  ...plus.map((line) => `    ${style.green(`+ ${printable(line)}`)}`),
];
