// What a function prints: as Lambda's runtime writes it, with the id of its call, before its answer, and never without end.
import { PassThrough } from "node:stream";
import { PrintLimit, splitLines } from "../../../../deploy/local/aws/lambda/printed-lines.js";
import { formatReport } from "../../../../deploy/local/aws/lambda/report.js";
import { fixture, type Harness, serveFunctions } from "./lambda-harness.js";

let harness: Harness;
beforeAll(async () => {
  harness = await serveFunctions([
    fixture("printsAll"),
    fixture("json", "BUFFERED", { handler: "functions.printsAll", logFormat: "JSON" }),
    fixture("jsonWarn", "BUFFERED", { handler: "functions.printsAll", logFormat: "JSON", logLevel: "WARN" }),
    fixture("throws", "BUFFERED", { logFormat: "JSON" }),
    fixture("printsMuch"),
  ]);
});
afterAll(() => harness.close());

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

interface Logged {
  readonly id: string;
  readonly lines: string[];
}

/** What stands in the log when the answer is there, but for what goes round console.* (its pipe is another). */
const printed = async (name: string): Promise<Logged> => {
  const { headers } = await harness.call(`/${name}`);
  const id = String(headers["x-amzn-requestid"]);
  const lines = harness.log.filter(({ requestId }) => requestId === id).map(({ message }) => message);
  return { id, lines: lines.filter((line) => line !== "raw") };
};

const parsed = ({ lines }: Logged) => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

test("text: time, request id, level and message, a tab between", async () => {
  const { id, lines } = await printed("printsAll");
  const [time = "", ...rest] = lines[2]?.split("\t") ?? [];
  expect(time).toMatch(ISO);
  expect(rest).toEqual([id, "INFO", "hello you"]);
  expect(lines.map((line) => line.split("\t")[2])).toEqual([
    ...["TRACE", "DEBUG", "INFO", "INFO", "WARN", "ERROR", "INFO"],
    expect.stringMatching(/^Billed Duration/) as string,
  ]);
});

test("JSON: one object a line, an object as it is, an error in its parts, a cycle as text", async () => {
  const logged = await printed("json");
  const [hello, object, error, withError, circular, report] = parsed(logged);
  expect(hello).toEqual({
    timestamp: expect.stringMatching(ISO) as string,
    level: "INFO",
    requestId: logged.id,
    message: "hello you",
  });
  expect(object).toMatchObject({ message: { an: "object" } });
  expect(error).toMatchObject({
    level: "WARN",
    message: { errorType: "TypeError", errorMessage: "it", stackTrace: expect.any(Array) as string[] },
  });
  expect(withError).toMatchObject({ level: "ERROR", errorType: "RangeError", errorMessage: "it" });
  expect(circular?.message).toMatch(/Circular/);
  expect(report).toMatchObject({
    type: "platform.report",
    record: { requestId: logged.id, status: "success" },
  });
});

test("JSON is filtered by the level of the template", async () => {
  const lines = parsed(await printed("jsonWarn"));
  expect(lines.map(({ level, type }) => level ?? type)).toEqual(["WARN", "ERROR", "platform.report"]);
});

test("what a handler throws is logged by its runtime", async () => {
  const { lines } = await printed("throws");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "ERROR", message: { errorType: "RangeError" } });
});

test("a function that prints without end is cut short, and the log says so", async () => {
  const { lines } = await printed("printsMuch");
  expect(lines.length).toBeLessThan(11_000);
  expect(lines.join("\n")).toMatch(/\d+ lines are not shown: a function may print 5,000 lines/);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(256 * 1024);
});

test("in one second 5,000 lines or 4 MB are let through, in the next as much again", () => {
  let now = 0;
  const limit = new PrintLimit(() => now);
  const admitted = (count: number, text: string) =>
    Array.from({ length: count }, () => limit.admits(text)).filter(Boolean).length;
  expect(admitted(5001, "x")).toBe(5000);
  expect([limit.takeDropped(), limit.takeDropped()]).toEqual([1, 0]);
  now = 999;
  expect(limit.admits("x")).toBe(false);
  now = 1000;
  expect(admitted(5, "x".repeat(1024 * 1024))).toBe(4);
});

test("lines are found in any pieces, a character across two of them is whole, an endless one is cut", async () => {
  const output = new PassThrough();
  const lines: string[] = [];
  splitLines(output, (line) => lines.push(line));
  const text = Buffer.from("ä\nb");
  output.write(text.subarray(0, 1));
  output.write(text.subarray(1));
  output.write(`\n${"x".repeat(300_000)}`);
  output.end("end");
  await new Promise((resolve) => output.once("close", resolve));
  expect(lines.map(({ length }) => length)).toEqual([1, 1, 300_000, 3]);
  expect(lines[0]).toBe("ä");
});

test("the report tells time, memory and how it ended", () => {
  const report = {
    requestId: "r",
    durationMs: 1.234,
    initMs: 30.2,
    memoryMb: 128,
    peakBytes: 50 * 1_048_576 + 1,
    errorType: "Runtime.ExitError",
  };
  const now = new Date(0);
  expect(formatReport(report, { logFormat: "Text" }, now).split("\t")).toEqual([
    "REPORT RequestId: r",
    "Duration: 1.23 ms",
    "Billed Duration: 32 ms",
    "Memory Size: 128 MB",
    "Max Memory Used: 51 MB",
    "Init Duration: 30.2 ms",
    "Status: error",
    "Error Type: Runtime.ExitError",
  ]);
  const warm = { ...report, initMs: undefined, peakBytes: undefined, errorType: undefined };
  expect(JSON.parse(formatReport(warm, { logFormat: "JSON" }, now))).toEqual({
    time: "1970-01-01T00:00:00.000Z",
    type: "platform.report",
    record: {
      requestId: "r",
      status: "success",
      metrics: { durationMs: 1.23, billedDurationMs: 2, memorySizeMB: 128 },
    },
  });
});
