// Which runs of a load generator count.
import { refuseFailures } from "../../../bench/load/load-generator.js";

const report = { requestsPerSecond: 1, p50Ms: 1, p99Ms: 1, refused: 0, broken: 0 };
const request = { method: "GET", path: "/small", token: "t", bodyBytes: 0, connections: 1 } as const;

test("a run counts when every call was answered, if only one", () => {
  expect(() => refuseFailures(report, request)).not.toThrow();
});

test.each([
  ["one refused call", { refused: 1 }, "1 were refused and 0 broken"],
  ["one broken call", { broken: 1 }, "0 were refused and 1 broken"],
  ["no call at all", { requestsPerSecond: 0 }, "no GET /small was answered"],
])("%s makes a run an error", (_, changes, sentence) => {
  expect(() => refuseFailures({ ...report, ...changes }, request)).toThrow(sentence);
});
