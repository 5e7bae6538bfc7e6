// Prometheus's own word on the rules: they load, each alert fires on its series and not on its near misses; and the queries
// of the dashboard are PromQL.
import { chooseTest, loadedAsRules, promtool, testWithPromtool } from "./promtool.js";
import { dashboardQueries, rules } from "./queries.js";

jest.setTimeout(180_000);

testWithPromtool("the rules load", () => {
  expect(promtool(["check", "rules", "alerts.yaml"])).toEqual({
    status: 0,
    text: expect.stringContaining(`SUCCESS: ${rules.length} rules found`) as string,
  });
});

testWithPromtool("the scrape configuration loads, with the rules", () => {
  expect(promtool(["check", "config", "prometheus.yaml"])).toMatchObject({ status: 0 });
});

testWithPromtool("every alert fires on its series, and is silent on its near misses", () => {
  expect(promtool(["test", "rules", "alerts.test.yaml"])).toEqual({
    status: 0,
    text: expect.stringContaining("SUCCESS") as string,
  });
});

testWithPromtool("the dashboard's queries parse", () => {
  expect(dashboardQueries.length).toBeGreaterThan(30);
  expect(loadedAsRules(dashboardQueries)).toMatchObject({ status: 0 });
  expect(loadedAsRules([...dashboardQueries, "sum(rate(up[5m])"])).toMatchObject({ status: 1 });
});

test("without promtool they are skipped, loudly", () => {
  const told: string[] = [];
  expect(chooseTest(false, (text) => told.push(text))).toBe(test.skip);
  expect(told.join()).toMatch(/^SKIPPED.*apt-get install prometheus/);
  expect(chooseTest(true, (text) => told.push(text))).toBe(test);
  expect(told).toHaveLength(1);
});
