// The alarm for calls that a stopping task cuts, by the lines that such calls really have.
import { createLog, type Log } from "../../../server/adapters/log.js";
import { createMetrics } from "../../../server/adapters/metrics.js";
import { createRecord, type Ended } from "../../../server/call-record.js";
import { inboundWith } from "../../fixtures/upstream.js";
import { filterPattern } from "./filter-pattern.js";
import { readStack } from "./stack-template.js";

const isCut = filterPattern(String(readStack("ecs.yaml").at("Resources.CallsCut.Properties.FilterPattern")));

function written(write: (log: Log) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(createLog({ write: (line) => void lines.push(line) }));
  return JSON.parse(lines[0] ?? "") as Record<string, unknown>;
}

const lineOf = (ended: Partial<Ended>): Record<string, unknown> =>
  written((log) => {
    const record = createRecord({ log, metrics: createMetrics(() => 0), clock: () => 1000 });
    const reply = { kind: "own", status: 200, headers: {}, body: "" } as const;
    record({ inbound: inboundWith(), findings: {}, verdict: "complete", startedAt: 0, reply, ...ended });
  });

test.each<[string, Partial<Ended>, boolean]>([
  ["a transfer that was cut", { verdict: "drained" }, true],
  ["a call that had no head yet", { denial: { reason: "draining" } }, true],
  ["a call that came to its end", {}, false],
  ["a caller who left", { verdict: "client_gone" }, false],
  ["a transfer that the function broke", { verdict: "truncated" }, false],
])("%s", (_what, ended, expected) => {
  expect(isCut(lineOf(ended))).toBe(expected);
});

// SIGTERM comes when deregistration is over, which lasts as long as the longest call: by then there is none.
test.each([
  ["with a call in flight", { drainMs: 930_000, callsInFlight: 1 }, true],
  ["with none, as each deploy has it", { drainMs: 930_000, callsInFlight: 0 }, false],
])("a task that is told to stop %s", (_what, fields, expected) => {
  expect(isCut(written((log) => log.info(fields, "draining")))).toBe(expected);
});

test("a line that counts calls and is not the stop's", () => {
  expect(isCut(written((log) => log.info({ callsInFlight: 7 }, "load")))).toBe(false);
});
