import { httpMethod, httpRoute, spanName } from "../server/http-names.js";
import { routeWith } from "./fixtures/route.js";

const route = routeWith("ANY /reports/{proxy+}", { name: "reports" });

describe("the template of a path is", () => {
  test.each([
    ["the route key's, of what is proxied", "/reports/7?q=/a", { route, door: "proxy" }, "/reports/{proxy+}"],
    ["none for $default", "/reports/7", { route: routeWith("$default"), door: "proxy" }, undefined],
    ["none where no route was found", "/reports/7", {}, undefined],
    [
      "the grant door's, whatever the grant is for",
      "/grant/reports",
      { route, door: "grant" },
      "/grant/{name}",
    ],
    [
      "the same with a door that is spelt otherwise",
      "/%67rant/reports",
      { route, door: "grant" },
      "/grant/{name}",
    ],
    ["the grant door's without a name", "/grant", { route, door: "grant" }, "/grant"],
    ["the /sts door's", "/sts/reports", { route, door: "sts" }, "/sts/{name}"],
    ["the /sts door's where no route has the name", "/sts/nothing", { door: "sts" }, "/sts/{name}"],
    ["the /sts door's without a name", "/sts", { door: "sts" }, "/sts"],
    ["the /sts door's as SDKs call it", "/sts/", { door: "sts" }, "/sts"],
    ["the /sts door's, its query aside", "/sts/?Action=/x", { door: "sts" }, "/sts"],
  ] as const)("%s", (_which, rawTarget, findings, template) => {
    expect(httpRoute({ rawTarget }, findings)).toBe(template);
  });
});

test.each([
  ["GET", "GET", "GET /a"],
  // https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
  ["PROPFIND", "_OTHER", "HTTP /a"],
  ["get", "_OTHER", "HTTP /a"],
])("the method %s is %s, and %s in a span's name", (method, attribute, name) => {
  expect([httpMethod(method), spanName(method, "/a")]).toEqual([attribute, name]);
  expect(spanName(method, undefined)).toBe(name.split(" ")[0]);
});
