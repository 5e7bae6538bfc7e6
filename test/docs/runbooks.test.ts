// docs/runbooks: a page for every alert and an alert for every page, all in one shape; what a page has one copy out is tried
// here: PromQL by promtool and by the metrics there are, the log's fields by the page that lists them, curl by running it.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Members } from "../../deploy/local/aws/template/fields.js";
import { readStack } from "../deploy/aws/stack-template.js";
import { loadedAsRules, testWithPromtool } from "../deploy/prometheus/promtool.js";
import { alerts, selectorsIn } from "../deploy/prometheus/queries.js";
import { startStack } from "../fixtures/stack.js";
import { codeSpans, tableRows } from "./page-tables.js";
import { shellBlocks } from "./shell-blocks.js";

const folder = "docs/runbooks";
const pages = readdirSync(folder)
  .filter((file) => file !== "README.md")
  .map((file) => ({ path: `${folder}/${file}`, text: readFileSync(join(folder, file), "utf8") }));

/** Alert -> its page. */
const prometheus = alerts.map(({ alert, annotations }) => [alert, annotations?.runbook_url ?? ""] as const);
const cloudWatch = readStack("ecs.yaml")
  .ofType("AWS::CloudWatch::Alarm")
  .map(([id, { Properties }]) => {
    const words = String((Properties as Members).AlarmDescription);
    return [id, / See (docs\/runbooks\/[\w-]+\.md)\.$/.exec(words)?.[1] ?? ""] as const;
  });
const pageOf = new Map([...prometheus, ...cloudWatch]);

/** What a page says whose it is, in its third line. */
const namedOn = (text: string): string[] => codeSpans(text.split("\n")[2] ?? "");

test.each([...pageOf])("%s leads to a page that names it", (alert, path) => {
  expect(path).toMatch(/^docs\/runbooks\//);
  expect(existsSync(path)).toBe(true);
  expect(namedOn(readFileSync(path, "utf8"))).toContain(alert);
});

test.each(pages)("$path is for alerts that there are, and has the shape of all", ({ path, text }) => {
  expect(namedOn(text).length).toBeGreaterThan(0);
  expect(namedOn(text).filter((alert) => pageOf.get(alert) !== path)).toEqual([]);
  expect(Array.from(text.matchAll(/^## (.*)$/gm), ([, heading]) => heading)).toEqual([
    "What it means",
    "What callers see",
    "First look",
    "Causes and mends",
    "Who, and when",
    "It is over when",
  ]);
  expect(tableRows(text, ["Cause", "It shows by", "Mend"]).length).toBeGreaterThan(1);
  expect(text.split("\n").length).toBeLessThan(80);
});

test("a Prometheus alert's page has its name", () => {
  for (const [alert, path] of prometheus) {
    const words = alert.replace("Grantway", "").replaceAll(/(?<=\w)(?=[A-Z])/g, "-");
    expect(path).toBe(`docs/runbooks/${words.toLowerCase()}.md`);
  }
});

describe("the index", () => {
  const rows = tableRows(readFileSync(`${folder}/README.md`, "utf8"), ["Page", "Severity"]);
  const linked = (cell = "") => `${folder}/${/\]\(([\w-]+\.md)\)/.exec(cell)?.[1] ?? ""}`;

  test("has each page once, with its title", () => {
    const titles = pages.map(({ path, text }) => [path, text.split("\n")[0]?.slice(2)]);
    const told = rows.map(({ cells }) => [linked(cells.Page), /^\[(.*)\]/.exec(cells.Page ?? "")?.[1]]);
    expect(told.toSorted()).toEqual(titles.toSorted());
  });

  test.each(rows)("$cells.Page: alerts and severity are those of the rules", ({ cells }) => {
    const path = linked(cells.Page);
    const named = codeSpans(`${cells.Prometheus ?? ""} ${cells.CloudWatch ?? ""}`);
    const expected = [...pageOf].filter(([, page]) => page === path).map(([alert]) => alert);
    expect(named.toSorted()).toEqual(expected.toSorted());
    const severities = alerts
      .filter(({ annotations }) => annotations?.runbook_url === path)
      .map(({ labels }) => labels?.severity);
    if (severities.length > 0) expect(cells.Severity?.split(", ").toSorted()).toEqual(severities.toSorted());
    else expect(cells.Severity).toMatch(/^(?:critical|warning)$/);
  });
});

test.each(alerts)("$alert ($labels.severity) says all that somebody who is woken needs", (alert) => {
  const { labels, annotations } = alert;
  expect(["critical", "warning"]).toContain(labels?.severity);
  expect(Object.keys(annotations ?? {})).toEqual(["summary", "description", "runbook_url"]);
  expect(annotations?.summary?.length).toBeGreaterThan(15);
  expect(annotations?.description?.length).toBeGreaterThan(30);
});

const blocksOf = (kind: string) =>
  pages.flatMap(({ path, text }) =>
    Array.from(text.matchAll(new RegExp(`^\`\`\`${kind}\\n([^]*?)^\`\`\`$`, "gm")), ([, body = ""]) => ({
      path,
      body: body.trim(),
    })),
  );

describe("PromQL", () => {
  const queries = blocksOf("promql").map(({ body }) => body);

  test("is of metrics that rules and dashboard look at too, which metrics-named.test.ts holds to the gateway", () => {
    const known = new Set(
      [
        ...alerts.flatMap(({ expr }) => selectorsIn(expr)),
        ...selectorsIn(readFileSync("deploy/grafana/dashboard.json", "utf8").replaceAll('\\"', '"')),
      ].map(({ metric }) => metric),
    );
    expect(queries.length).toBeGreaterThan(30);
    const named = queries.flatMap(selectorsIn).map(({ metric }) => metric);
    expect(named.filter((metric) => !known.has(metric))).toEqual([]);
  });

  testWithPromtool("parses", () => {
    expect(loadedAsRules(queries)).toMatchObject({ status: 0 });
  });
});

test("the log's queries name fields and messages that the log has", () => {
  const listed = readFileSync("docs/observability.md", "utf8").replaceAll(/^```[^]*?^```$/gm, "");
  const words = new Set(codeSpans(listed).flatMap((code) => code.split(/[",: ]+/)));
  const ofLogs = [
    "filter",
    "stats",
    "fields",
    "sort",
    "limit",
    "count",
    "as",
    "by",
    "avg",
    "max",
    "sum",
    "pct",
    "bin",
  ];
  const own = [
    ...ofLogs,
    "and",
    "or",
    "in",
    "like",
    "ispresent",
    "asc",
    "desc",
    "timestamp",
    "logStream",
    "calls",
    "sessions",
    "lines",
  ];
  const strange = blocksOf("logs").flatMap(({ path, body }) =>
    Array.from(body.replaceAll(/"[^"]*"|\/[^/]*\//g, "").matchAll(/[a-z]\w*/gi), ([word]) => word)
      .filter(
        (word) => !own.includes(word) && !words.has(word) && !/^(?:message|level|stack|h|m)$/.test(word),
      )
      .map((word) => `${path}: ${word}`),
  );
  expect(strange).toEqual([]);
  const source = ["server", "server/adapters"].flatMap((at) =>
    readdirSync(at)
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(at, file), "utf8")),
  );
  const messages = blocksOf("logs").flatMap(({ body }) =>
    Array.from(
      body.matchAll(/message (?:= ("[^"]+")|in \[([^\]]+)\]|like \/([^/]+)\/)/g),
      ([, one, many, like]) =>
        one === undefined && many === undefined
          ? [like ?? ""]
          : (one ?? many ?? "").split(", ").map((each) => each.slice(1, -1)),
    ).flat(),
  );
  expect(messages.length).toBeGreaterThan(15);
  expect(messages.filter((message) => !source.some((text) => text.includes(message)))).toEqual([]);
});

test("every curl of a page works against a gateway", async () => {
  const commands = new Set(
    pages
      .flatMap(({ path }) => shellBlocks(path))
      .flatMap((block) => block.commands)
      .filter((command) => command.startsWith("curl ")),
  );
  expect(commands.size).toBeGreaterThan(3);
  const stack = await startStack({ surroundings: { agentUri: "http://127.0.0.1:9" } });
  try {
    for (const command of commands) {
      const here = command.replace("http://127.0.0.1:8081", stack.adminUrl);
      const { stdout } = await promisify(execFile)("bash", ["-o", "pipefail", "-c", here]);
      expect([command, stdout.length > 10]).toEqual([command, true]);
    }
  } finally {
    await stack.close();
  }
});
