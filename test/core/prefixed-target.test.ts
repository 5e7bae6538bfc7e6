import { prefixedTarget } from "../../server/core/prefixed-target.js";
import { parseRequestTarget } from "../../server/core/request-target.js";
import { accepted } from "../fixtures/outcome.js";

const prefixed = (basePath: string, raw: string) =>
  prefixedTarget(basePath, accepted(parseRequestTarget(raw)));

test("a target below no base path is the caller's", () => {
  const target = accepted(parseRequestTarget("/reports/7?b=2&a=1"));
  expect(prefixedTarget("", target)).toBe(target);
});

test.each([
  ["/prod", "/reports/7", "/prod/reports/7", "/prod/reports/7", ""],
  ["/prod", "/", "/prod/", "/prod/", ""],
  ["/prod", "/reports/", "/prod/reports/", "/prod/reports/", ""],
  ["/prod", "/?b=2&a=1", "/prod/?b=2&a=1", "/prod/", "a=1&b=2"],
  ["/prod", "/a%20b/(c)", "/prod/a%20b/(c)", "/prod/a%2520b/%28c%29", ""],
  ["/v1/my_api-2.0", "/x", "/v1/my_api-2.0/x", "/v1/my_api-2.0/x", ""],
])("below %s, %s goes to %s", (basePath, raw, wire, canonicalPath, canonicalQuery) => {
  expect(prefixed(basePath, raw)).toEqual({ wire, canonicalPath, canonicalQuery });
});

test.each(["/../admin", "/%2e%2e/admin", "/x/..", "//admin"])("%s never gets there to climb out", (raw) => {
  expect(parseRequestTarget(raw).ok).toBe(false);
});
