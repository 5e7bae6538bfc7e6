// What Grantway is held to, at the edges.
import type { Figures } from "../../bench/figures.js";
import { holdsOf } from "../../bench/holds.js";
import { heldFigures, throughputOf } from "../fixtures/bench-figures.js";

const missed = (figures: Figures): string[] =>
  holdsOf(figures)
    .filter(({ holds }) => !holds)
    .map(({ what }) => what);

const withGrantway = (requestsPerSecond: number, handWritten: number): Figures => ({
  ...heldFigures,
  throughput: {
    "small-get": {
      ...heldFigures.throughput["small-get"],
      "hand-written": throughputOf(handWritten),
      grantway: throughputOf(requestsPerSecond),
    },
  },
});

test("a run that is just good enough holds every number", () => {
  expect(holdsOf(heldFigures)).toHaveLength(6);
  expect(missed(heldFigures)).toEqual([]);
});

test.each<[string, Figures, string]>([
  ["less than 0.6 of the relay", withGrantway(11_999, 1_499), "relay"],
  ["less than 8 times the hand-written stack", withGrantway(12_000, 1_501), "hand-written"],
  [
    "more than 25 KB a call",
    { ...heldFigures, silentCalls: { grantway: { calls: 10_000, bytesPerCall: 25_001 } } },
    "silent call",
  ],
  [
    "more than 1 ms before the first byte",
    { ...heldFigures, firstByte: { grantway: { directMs: 0, throughMs: 1.01, addedMs: 1.01 } } },
    "first byte",
  ],
  [
    "more than 20 MB for a stream",
    { ...heldFigures, largeStream: { grantway: { bytes: 200e6, growthBytes: 20_000_001 } } },
    "200 MB",
  ],
  [
    "two AssumeRole calls",
    { ...heldFigures, singleFlight: { calls: 1_000, assumeRoleCalls: 2 } },
    "AssumeRole",
  ],
])("%s is missed, and it alone", (_, figures, what) => {
  expect(missed(figures)).toEqual([expect.stringContaining(what)]);
});

test("nothing is said of what was not measured", () => {
  const { singleFlight, ...others } = heldFigures;
  expect(singleFlight).toBeDefined();
  expect(holdsOf(others).map(({ what }) => what)).not.toContainEqual(expect.stringContaining("AssumeRole"));
  expect(holdsOf({ ...others, throughput: {} })).toHaveLength(3);
});
