// deploy/grafana/dashboard.json can be imported into any Grafana and read by a person.
import { dashboard, dashboardText, selectorsIn, type Panel } from "../prometheus/queries.js";

const rows = dashboard.panels.filter(({ type }) => type === "row");
const panels = dashboard.panels.filter(({ type }) => type !== "row");

test("names no data source of somebody's own: it asks for one when it is imported", () => {
  expect(dashboard.__inputs).toEqual([
    expect.objectContaining({ name: "DS_PROMETHEUS", pluginId: "prometheus" }),
  ]);
  const uids = Array.from(
    dashboardText.matchAll(/"type": "prometheus",\s*"uid": "([^"]*)"/g),
    ([, uid]) => uid,
  );
  expect(uids.length).toBeGreaterThanOrEqual(panels.length);
  expect(new Set(uids)).toEqual(new Set(["${DS_PROMETHEUS}"]));
});

test("says what it needs", () => {
  const needed = dashboard.__requires.map(({ id }) => id);
  expect(needed).toEqual(
    expect.arrayContaining(["grafana", "prometheus", ...new Set(panels.map(({ type }) => type))]),
  );
  expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
});

test("has variables for job, instance and route, of metrics that every gateway has", () => {
  expect(dashboard.templating.list.map(({ name }) => name)).toEqual(["job", "instance", "route"]);
  for (const { definition } of dashboard.templating.list)
    expect(definition).toMatch(/^label_values\(grantway_(build_info|requests_total)\b/);
});

test("every panel has an id of its own", () => {
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

const overlap = ({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

test("no two panels lie on one another, and none leaves the grid", () => {
  const pairs = dashboard.panels.flatMap((one, at) =>
    dashboard.panels
      .slice(at + 1)
      .flatMap((other) => (overlap(one, other) ? [[one.title, other.title]] : [])),
  );
  expect(pairs).toEqual([]);
  expect(dashboard.panels.filter(({ gridPos: { x, w } }) => x < 0 || x + w > 24)).toEqual([]);
});

test("has a row for each matter", () => {
  expect(rows.map(({ title }) => title)).toEqual([
    "At a glance",
    "Calls",
    "In flight, and worked for nobody",
    "Sessions and STS",
    "Keys, readiness, authorizers",
    "Limits",
    "Process",
  ]);
});

test.each(panels)("$title has a description, a unit, a query and a legend", (panel) => {
  expect(panel.title).toMatch(/^[A-Z]/);
  expect(panel.description).toMatch(/^[A-Z0-9].{20,}\.$/);
  expect(panel.fieldConfig?.defaults.unit).toMatch(/^\w+$/);
  expect(panel.targets).not.toHaveLength(0);
  for (const { expr, legendFormat } of panel.targets ?? []) {
    expect(expr.length).toBeGreaterThan(10);
    expect(legendFormat).not.toBe("");
  }
  const ids = (panel.targets ?? []).map(({ refId }) => refId);
  expect(new Set(ids).size).toBe(ids.length);
});

const ofRoutes = /^grantway_(?:requests|request_duration|upstream|abandoned)_/;
const queries = panels.flatMap(({ title, description = "", targets = [] }) =>
  targets.map(({ expr }) => ({ title, description, expr })),
);

test("what is chosen above is obeyed wherever a metric has it", () => {
  const variables = {
    job: /^(?:grantway|process|nodejs|job:)/,
    instance: /^(?:grantway|process|nodejs)_/,
    route: ofRoutes,
  };
  // What is joined has what it is joined to.
  const deaf = queries.flatMap(({ title, expr }) =>
    selectorsIn(expr.replace(/\bon \(job, instance\).* grantway_\w+$/, "")).flatMap(({ metric, matchers }) =>
      Object.entries(variables)
        .filter(([, has]) => has.test(metric))
        .filter(([label]) => !matchers.some((one) => one.label === label && one.value === `$${label}`))
        .map(([label]) => `${title}: ${metric} by ${label}`),
    ),
  );
  expect(deaf).toEqual([]);
});

test("where calls cannot be told by route, it says so", () => {
  const ofCalls = /grantway_(?:calls_in_flight|refusals_total|failed_calls)/;
  const untold = queries.filter(
    ({ description, expr }) =>
      ofCalls.test(expr) && !/\bOf all (?:instances and )?routes\b/.test(description),
  );
  expect(untold.map(({ title }) => title)).toEqual([]);
});

test("seconds that are counted at a call's end are looked at over the longest call, and its panel says that they come late", () => {
  const seconds = queries.filter(({ expr }) => /_seconds_total\{.*route/.test(expr));
  expect(seconds.map(({ title }) => title)).toEqual([
    "Seconds behind each route",
    "Of them, for callers who left",
  ]);
  for (const { expr } of seconds)
    for (const [, window] of expr.matchAll(/\[([^\]]+)\]/g)) expect(["15m", "1h"]).toContain(window);
  expect(seconds[0]?.description).toMatch(/at its end, so one of 15 minutes comes as late/);
});

test("the duration of calls shows exemplars, which lead to traces", () => {
  const duration = panels.find(({ title }) => title === "Duration");
  expect(duration?.targets?.map(({ exemplar }) => exemplar)).toEqual([true, true, true]);
});
