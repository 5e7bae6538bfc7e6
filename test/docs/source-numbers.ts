// Numbers as they stand in the product's source: a constant by its name, or what a pattern captures. A pattern that finds
// nothing throws, so that a bound which moved is noticed.
import { readdirSync, readFileSync } from "node:fs";
import { parseDuration } from "../../server/core/duration.js";

/** `16 * 2 ** 20`, `10 * minuteMs`, `1 / 3`, `"15m30s"` (in seconds). */
function valueOf(expression: string, file: string): number {
  return expression
    .split(" * ")
    .map((factor) => factorOf(factor.trim(), file))
    .reduce((product, factor) => product * factor, 1);
}

function factorOf(factor: string, file: string): number {
  const quoted = /^"(.*)"$/.exec(factor)?.[1];
  if (quoted !== undefined) return secondsOf(quoted);
  const [, left = "", operator, right = ""] = /^(\w+) (\*\*|\/) (\w+)$/.exec(factor) ?? [];
  if (operator === "**") return valueOf(left, file) ** valueOf(right, file);
  if (operator === "/") return valueOf(left, file) / valueOf(right, file);
  return /^\d[\d_]*(?:\.\d+)?$/.test(factor) ? Number(factor.replaceAll("_", "")) : constant(file, factor);
}

export function secondsOf(text: string): number {
  const parsed = parseDuration(text);
  if (!parsed.ok) throw new Error(parsed.denial);
  return parsed.value / 1000;
}

/** `file name` of each constant that was asked for, by name or within a pattern. */
export const askedFor = new Set<string>();

/** The value of `const name = ...;` in a file of `server/`. */
export function constant(file: string, name: string): number {
  askedFor.add(`${file} ${name}`);
  const [value] = matched(file, new RegExp(`\\bconst ${name}(?:: number)? = ([^;]+);`));
  if (value === undefined) throw new Error(`${file}: ${name} has no value`);
  return value;
}

/** What the groups of the one place that a pattern fits hold. */
export function matched(file: string, pattern: RegExp): number[] {
  const source = readFileSync(`server/${file}.ts`, "utf8");
  const found = pattern.exec(source);
  if (!found) throw new Error(`server/${file}.ts has nothing like ${pattern.source}`);
  return found.slice(1).map((expression) => valueOf(expression, file));
}

const boundName = /^(?:(?:max|min|most|longest|first)[A-Z]\w*|\w+(?:Ms|Bytes|Seconds|Chars|Length))$/;

/** `file name` of each number in `server/` that is named as a bound is: `maxThreads`, `connectTimeoutMs`. The doctor's are AWS's. */
export const boundsInSource = (): string[] =>
  readdirSync("server", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.startsWith("doctor/"))
    .flatMap((file) =>
      Array.from(
        readFileSync(`server/${file}`, "utf8").matchAll(
          /^ *(?:export )?const (\w+)(?:: number)? = \d[^;]*;/gm,
        ),
        ([, name = ""]) => name,
      )
        .filter((name) => boundName.test(name))
        .map((name) => `${file.replace(/\.ts$/, "")} ${name}`),
    );
