// When a long call has come through whole.
import { checkSilentCall, checkStreamedCall, recordsComplete } from "../../../bench/soak/checks.js";
import type { LongCall } from "../../../bench/soak/long-call.js";

const streamed = (seconds: number, changes: Partial<LongCall> = {}): LongCall => ({
  status: 200,
  isWhole: true,
  endedAtSeconds: seconds + 0.2,
  lines: Array.from({ length: seconds }, (_, index) => ({
    text: `${index + 1}/${seconds} ${index + 1 < seconds ? "..." : "done"}`,
    atSeconds: index + 1.1,
  })),
  ...changes,
});

const silent = (seconds: number, changes: Partial<LongCall> = {}): LongCall => ({
  ...streamed(seconds),
  lines: [{ text: `done after ${seconds} s without a word`, atSeconds: seconds + 0.1 }],
  ...changes,
});

test("a whole call has no fault", () => {
  expect(checkStreamedCall(streamed(9), 9)).toEqual([]);
  expect(checkSilentCall(silent(9), 9)).toEqual([]);
});

test.each<[string, Partial<LongCall>, string]>([
  ["a refusal", { status: 504 }, "status 504"],
  ["a broken transfer", { isWhole: false }, "broke before its end"],
  ["an end that came too soon", { endedAtSeconds: 8.9 }, "ended after 8.9 s"],
  ["an end that came too late", { endedAtSeconds: 19.1 }, "ended after 19.1 s"],
])("%s is a fault of either call", (_, changes, fault) => {
  expect(checkStreamedCall(streamed(9, changes), 9)).toEqual([expect.stringContaining(fault)]);
  expect(checkSilentCall(silent(9, changes), 9)).toEqual([expect.stringContaining(fault)]);
});

test("a line too few, another line, and lines held back are faults of a streamed call", () => {
  const { lines } = streamed(9);
  expect(checkStreamedCall(streamed(9, { lines: lines.slice(0, -1) }), 9)).toEqual(["8 lines came"]);
  const doubled = lines.map((line, index) => (index === 4 ? { ...line, text: "4/9 ..." } : line));
  expect(checkStreamedCall(streamed(9, { lines: doubled }), 9)).toEqual(['line 5 is "4/9 ..."']);
  const held = lines.map((line) => ({ ...line, atSeconds: 9.1 }));
  expect(checkStreamedCall(streamed(9, { lines: held }), 9)).toEqual(["9.1 s went by without a line"]);
});

test("an answer of another length, or none, is a fault of a silent call", () => {
  expect(checkSilentCall(silent(8, { endedAtSeconds: 9.2 }), 9)).toEqual([expect.stringContaining("8 s")]);
  expect(checkSilentCall(silent(9, { lines: [] }), 9)).toEqual(["answered []"]);
});

test("the log must have both calls, both complete", () => {
  const line = (verdict: string, path = "/long"): string => JSON.stringify({ path, verdict });
  const listening = JSON.stringify({ message: "listening" });
  expect(recordsComplete([listening, line("complete"), line("complete")], 2)).toEqual([]);
  expect(recordsComplete([listening, line("complete")], 2)).toHaveLength(1);
  expect(recordsComplete([line("complete"), line("drained")], 2)).toHaveLength(1);
});
