// What a release writes into the alias's own description, so that whoever comes after (or the same person, on another
// machine) knows what is under way: `[grantway 7 -> 8 begun 2026-11-22T05:30:00Z]`. Other text there stays. Pure.

export interface Mark {
  readonly from: string;
  readonly to: string;
  readonly phase: "begun" | "done" | "undone";
  /** Epoch milliseconds. */
  readonly at: number;
}

const MARK =
  / ?\[grantway (?<from>\d+) -> (?<to>\d+) (?<phase>begun|done|undone) (?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\]/;
/** Lambda's own limit. */
const DESCRIPTION_LENGTH = 256;

export function readMark(description: string): Mark | undefined {
  const { from, to, phase, at } = MARK.exec(description)?.groups ?? {};
  if (from === undefined || to === undefined || at === undefined) return undefined;
  const time = Date.parse(at);
  if (Number.isNaN(time) || (phase !== "begun" && phase !== "done" && phase !== "undone")) return undefined;
  return { from, to, phase, at: time };
}

/** Text of somebody else's is cut where both have no room. */
export function writeMark(description: string, { from, to, phase, at }: Mark): string {
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
  const mark = `[grantway ${from} -> ${to} ${phase} ${time}]`;
  const own = description.replace(MARK, "").trim();
  const kept = own.slice(0, DESCRIPTION_LENGTH - mark.length - 1);
  return kept === "" ? mark : `${kept} ${mark}`;
}
