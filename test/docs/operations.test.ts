// docs/operations.md: the metrics it names are there, all of them, and what it says the gateway carries is near the last bench.
import { readdirSync, readFileSync } from "node:fs";
import { tableRows } from "./page-tables.js";

const page = readFileSync("docs/operations.md", "utf8");

interface Bench {
  readonly throughput: Readonly<
    Record<string, Readonly<Record<string, { readonly requestsPerSecond: number }>>>
  >;
  readonly firstByte: { readonly grantway: { readonly addedMs: number } };
  readonly silentCalls: { readonly grantway: { readonly bytesPerCall: number } };
}
const bench = JSON.parse(readFileSync("bench/latest.json", "utf8")) as Bench;
const perSecond = (load: string) => bench.throughput[load]?.grantway?.requestsPerSecond ?? NaN;

const carried = tableRows(page, ["On one core", "About"]).map(({ cells }) => ({
  what: cells["On one core"] ?? "",
  about: Number(/^[\d,.]+/.exec(cells.About ?? "")?.[0].replaceAll(",", "")),
}));
const measured: Readonly<Record<string, number>> = {
  "small GETs a second, callers known": perSecond("small-get"),
  "POSTs of 16 KB a second": perSecond("post-16k"),
  "answers of 1 MB a second, streamed": perSecond("stream-1mb"),
  "callers never seen before a second": perSecond("cold-caller"),
  "first byte added, at the median": bench.firstByte.grantway.addedMs,
  "memory of a silent call in flight": bench.silentCalls.grantway.bytesPerCall / 1000,
};

test("the README has the first of them", () => {
  const [, told = ""] = /\[([\d,]+) calls a second\]/.exec(readFileSync("README.md", "utf8")) ?? [];
  expect(Number(told.replaceAll(",", ""))).toBe(carried[0]?.about);
});

test("what it carries has a figure of the bench for each row", () => {
  expect(carried.map(({ what }) => what)).toEqual(Object.keys(measured));
});

// A later run on the same machine is within that; another machine writes another page.
test.each(carried)("$what: about $about", ({ what, about }) => {
  expect((measured[what] ?? NaN) / about).toBeGreaterThan(2 / 3);
  expect((measured[what] ?? NaN) / about).toBeLessThan(3 / 2);
});

test("every metric that it names is there", () => {
  const source = readdirSync("server/adapters")
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(`server/adapters/${file}`, "utf8"))
    .join("\n");
  const named = new Set(page.match(/\bgrantway_\w+/g));
  expect(named.size).toBeGreaterThan(10);
  expect([...named].filter((name) => !source.includes(`name: "${name}"`))).toEqual([]);
});
