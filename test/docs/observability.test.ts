// docs/observability.md names every field of a request's line and of a session's, every other line, every metric and every
// variable there is, and none beside.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createAudit } from "../../server/adapters/audit.js";
import { createLog } from "../../server/adapters/log.js";
import { createMetrics } from "../../server/adapters/metrics.js";
import { createRecord } from "../../server/call-record.js";
import type { Findings } from "../../server/core/inbound.js";
import { now, principalWith } from "../fixtures/principal.js";
import { routeWith } from "../fixtures/route.js";
import { roleSessionWith, sessionSpecWith } from "../fixtures/session.js";
import { inboundWith } from "../fixtures/upstream.js";
import { codeSpans, tableRows } from "./page-tables.js";

const page = readFileSync("docs/observability.md", "utf8");
const sectionOf = (heading: string): string =>
  page.split(/^## /m).find((text) => text.startsWith(heading)) ?? "";
const firstCells = (section: string, columns: readonly string[]): string[] =>
  tableRows(page, columns)
    .filter((row) => row.section === section)
    .flatMap(({ cells }) => codeSpans(cells[columns[0] ?? ""] ?? ""));

const sources = readdirSync("server", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join("server", file), "utf8"));
const every = (pattern: RegExp, texts: readonly string[] = sources): string[] => [
  ...new Set(texts.flatMap((text) => Array.from(text.matchAll(pattern), ([, name = ""]) => name))),
];

const fieldsOf = (line: string | undefined): string[] =>
  Object.keys(JSON.parse(line ?? "{}") as object).filter((name) => !["level", "message"].includes(name));

const written: string[] = [];
const log = createLog({ write: (line) => void written.push(line) });
const metrics = createMetrics(() => 0);
const spec = sessionSpecWith({ sourceIdentity: "main.alice" });
const session = roleSessionWith({ assumedRoleId: "AROAEXAMPLE:main.alice", packedPolicySize: 1 });
const findings: Findings = {
  ...{ requestId: "r", route: routeWith("ANY /reports"), door: "proxy", principal: principalWith() },
  ...{ spec, session },
  trace: { traceId: "t", spanId: "s", isSampled: true, end: () => undefined },
};

test("the fields of a request's line, with the data of every refusal", () => {
  const record = createRecord({ log, metrics, clock: () => now });
  const call = { startedAt: now, functionError: "why", logTail: "..." };
  record({
    ...{ inbound: inboundWith(), verdict: "complete", startedAt: now },
    findings: { ...findings, upstream: call },
    reply: { kind: "own", status: 200, headers: {}, body: "" },
  });
  const ofDenials = every(/\breadonly (\w+)\??:/g, [
    readFileSync("server/core/denial.ts", "utf8").split("export type Denial =")[1] ?? "",
  ]);
  // `door` of a refusal is the call's own.
  const fields = new Set([...fieldsOf(written.at(-1)), ...ofDenials]);
  expect(firstCells("The line of a request", ["Field", "What it is", "When"]).toSorted()).toEqual(
    [...fields].toSorted(),
  );
});

test("the fields of a session's line", () => {
  createAudit({ log, clock: () => now })({ spec, session, findings });
  const told = firstCells("The line of a session", ["Field", "What it is"]);
  expect(["time", ...told].toSorted()).toEqual(fieldsOf(written.at(-1)).toSorted());
});

test("every other line, by its message", () => {
  const statements = every(/\blog\.(?:info|warn|error)\(([^;]*?)\);/g).join("\n");
  const named = sources.flatMap((source) =>
    every(/\blog\.(?:info|warn|error)\([^;]*?, (\w+)\);/g, [source]).flatMap((name) =>
      every(new RegExp(`^const ${name} = "(.+)";$`, "gm"), [source]),
    ),
  );
  expect(named).not.toEqual([]);
  // The other words are values of fields.
  const values = new Set(["ok", "request", "protected", "released"]);
  const messages = every(/"([a-z][a-z ']*)"/g, [statements]).filter((text) => !values.has(text));
  expect(messages).toContain("role probed");
  const spans = codeSpans(sectionOf("Other lines").replace(/\s+/g, " "));
  const isTold = (message: string): boolean => spans.includes(message) || page.includes(`"${message}"`);
  expect([...messages, ...named].filter((message) => !isTold(message))).toEqual([]);
});

test("every metric of Prometheus's, under its own name", () => {
  const names = every(/name: "(grantway_\w+)"/g);
  expect(names).toContain("grantway_requests_total");
  expect(names.length).toBeGreaterThan(10);
  const told = codeSpans(sectionOf("Metrics")).filter((span) => /^grantway_\w+$/.test(span));
  expect([...new Set(told)].toSorted()).toEqual(names.toSorted());
});

test("every metric of OpenTelemetry's", () => {
  const source = readFileSync("server/adapters/telemetry-metrics.ts", "utf8");
  const names = every(/(?:histogram|create\w+)\(\s*"([\w.]+)"/g, [source]);
  expect(names).toContain("grantway.calls_in_flight");
  const told = codeSpans(sectionOf("OpenTelemetry").split("**Metrics**")[1] ?? "").filter((span) =>
    /^(?:http|grantway)\.[\w.]+$/.test(span),
  );
  expect(told.toSorted()).toEqual(names.toSorted());
});

test("every variable that the gateway reads itself", () => {
  const source = readFileSync("server/adapters/telemetry-variables.ts", "utf8");
  const names = every(/"(OTEL_\w+)"/g, [source]);
  expect(names).toContain("OTEL_PROPAGATORS");
  const told = new Set(
    tableRows(page, ["Variable", "Here"]).flatMap(({ cells }) => codeSpans(cells.Variable ?? "")),
  );
  expect(names.filter((name) => !told.has(name))).toEqual([]);
});
