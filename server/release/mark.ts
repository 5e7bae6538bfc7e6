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

/** What is left for other text beside the longest mark: two versions of ten digits. */
export const OWN_TEXT_LENGTH =
  DESCRIPTION_LENGTH - " [grantway 1234567890 -> 1234567890 undone 2026-11-22T05:30:00Z]".length;

const ownText = (description: string): string => description.replace(MARK, "").trim();

export const hasRoom = (description: string): boolean => ownText(description).length <= OWN_TEXT_LENGTH;

/** Where other text leaves no room there is no mark: an alias can be rolled back all the same. */
export function writeMark(description: string, { from, to, phase, at }: Mark): string {
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
  const mark = `[grantway ${from} -> ${to} ${phase} ${time}]`;
  const own = ownText(description);
  if (own === "") return mark;
  return hasRoom(own) ? `${own} ${mark}` : own;
}
