// The alarm for calls that a drain cut, by the lines that such calls really have.
import { createLog } from "../../../server/adapters/log.js";
import { createMetrics } from "../../../server/adapters/metrics.js";
import { createRecord, type Ended } from "../../../server/call-record.js";
import { inboundWith } from "../../fixtures/upstream.js";
import { filterPattern } from "./filter-pattern.js";
import { readStack } from "./stack-template.js";

const isCut = filterPattern(String(readStack("ecs.yaml").at("Resources.CallsCut.Properties.FilterPattern")));

function lineOf(ended: Partial<Ended>): Record<string, unknown> {
  const lines: string[] = [];
  const log = createLog({ write: (line) => void lines.push(line) });
  const record = createRecord({ log, metrics: createMetrics(() => 0), clock: () => 1000 });
  const reply = { kind: "own", status: 200, headers: {}, body: "" } as const;
  record({ inbound: inboundWith(), findings: {}, verdict: "complete", startedAt: 0, reply, ...ended });
  return JSON.parse(lines[0] ?? "") as Record<string, unknown>;
}

test.each<[string, Partial<Ended>, boolean]>([
  ["a transfer that was cut", { verdict: "drained" }, true],
  ["a call that had no head yet", { denial: { reason: "draining" } }, true],
  ["a call that came to its end", {}, false],
  ["a caller who left", { verdict: "client_gone" }, false],
  ["a transfer that the function broke", { verdict: "truncated" }, false],
])("%s", (_what, ended, expected) => {
  expect(isCut(lineOf(ended))).toBe(expected);
});
