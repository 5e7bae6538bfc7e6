// wrk's report -> figures.
import { readReport } from "../../../bench/load/wrk.js";
import { wrkReport } from "../../fixtures/wrk-report.js";

test("reads requests per second and latencies", () => {
  expect(readReport(wrkReport)).toEqual({
    requestsPerSecond: 21034.11,
    p50Ms: 2.96,
    p99Ms: 7.41,
    refused: 0,
    broken: 0,
  });
});

test.each([
  ["930.00us", 0.93],
  ["1.39s ", 1390],
  ["1.50m", 90_000],
])("%p is so many milliseconds", (text, milliseconds) => {
  expect(readReport(wrkReport.replace("7.41ms", text)).p99Ms).toBeCloseTo(milliseconds);
});

test("counts calls that were refused, and connections that broke", () => {
  const report = wrkReport.replace(
    "Requests/sec",
    "  Socket errors: connect 1, read 20, write 300, timeout 4000\n  Non-2xx or 3xx responses: 17\nRequests/sec",
  );
  expect(readReport(report)).toMatchObject({ refused: 17, broken: 4321 });
});

test("a report without a figure is an error, not a zero", () => {
  expect(() => readReport(wrkReport.replace(/^ +99%.*$/m, ""))).toThrow("wrk did not say");
});
