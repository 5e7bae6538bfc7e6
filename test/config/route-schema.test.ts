import { faultsIn, minimal, route, many } from "./documents.js";

const withRoute = (keys: object) => ({ ...minimal, routes: [{ ...route, ...keys }] });

describe("refuses", () => {
  test.each<[string, unknown, string, string]>([
    [
      "a bad route key",
      withRoute({ route: "FETCH /a" }),
      "routes[0].route",
      "must begin with one of ANY, GET",
    ],
    [
      "a route below /grant",
      withRoute({ route: "GET /grant/{name}" }),
      "routes[0].route",
      "gateway's own paths",
    ],
    ["the route /grant", withRoute({ route: "GET /grant" }), "routes[0].route", "gateway's own paths"],
    ["the route /sts", withRoute({ route: "GET /sts" }), "routes[0].route", "gateway's own paths"],
    ["a route below /sts", withRoute({ route: "GET /sts/x" }), "routes[0].route", "gateway's own paths"],
    [
      "two routes of equal rank",
      {
        ...minimal,
        routes: [
          { ...route, route: "GET /{a}" },
          { ...route, route: "GET /{b}" },
        ],
      },
      "routes[1].route",
      "overlaps routes[0] (GET /{a})",
    ],
    [
      "two routes of one name",
      {
        ...minimal,
        routes: [
          { ...route, name: "a" },
          { ...route, route: "GET /b", name: "a" },
        ],
      },
      "routes[1].name",
      "already used by routes[0]",
    ],
    ["a route name with a slash", withRoute({ name: "a/b" }), "routes[0].name", "must be a name"],
    [
      "a role that does not exist",
      withRoute({ roles: ["reader", "writer"] }),
      "routes[0].roles[1]",
      'no role "writer"; known are reader',
    ],
    ["an empty role list", withRoute({ roles: [] }), "routes[0].roles", "at least one role"],
    ["a scope with a space", withRoute({ scopes: ["a b"] }), "routes[0].scopes[0]", "must be a scope"],
    ["a door that is none", withRoute({ doors: ["window"] }), "routes[0].doors[0]", "one of proxy, grant"],
    ["no door", withRoute({ doors: [] }), "routes[0].doors", "must not be empty"],
    ["a timeout of 15m1s", withRoute({ timeout: "15m1s" }), "routes[0].timeout", "from 1s to 15m"],
    ["a timeout of 0s", withRoute({ timeout: "0s" }), "routes[0].timeout", "from 1s to 15m"],
    [
      "an idleTimeout as long as the timeout",
      withRoute({ timeout: "1m", idleTimeout: "60s" }),
      "routes[0].idleTimeout",
      "must be shorter than timeout (1m)",
    ],
    [
      "an idleTimeout as long as the timeout that was left out",
      withRoute({ idleTimeout: "15m" }),
      "routes[0].idleTimeout",
      "must be shorter than timeout (15m)",
    ],
    [
      "a heartbeat as long as the timeout",
      withRoute({ timeout: "1m", heartbeat: "1m" }),
      "routes[0].heartbeat",
      "must be shorter than timeout (1m)",
    ],
    [
      "a heartbeat as long as the idleTimeout",
      withRoute({ idleTimeout: "30s", heartbeat: "30s" }),
      "routes[0].heartbeat",
      "must be shorter than idleTimeout (30s)",
    ],
    [
      "CORS of its own that any page with credentials may use",
      withRoute({ cors: { origins: ["*"], credentials: true } }),
      "routes[0].cors.origins",
      "while credentials is true",
    ],
    ["CORS that is off by false", withRoute({ cors: false }), "routes[0].cors", "must be a mapping"],
    [
      "a header with a space",
      withRoute({ headers: { "a b": "claims.x" } }),
      'routes[0].headers["a b"]',
      "header name",
    ],
    [
      "a header in two cases",
      withRoute({ headers: { X: "claims.x", x: "claims.x" } }),
      "routes[0].headers.x",
      "twice",
    ],
    ["33 headers", withRoute({ headers: many(33) }), "routes[0].headers", "at most 32"],
  ])("%s", (_name, document, path, message) => {
    expect(faultsIn(document)[path]).toContain(message);
  });

  test.each(
    [
      "Host",
      "authorization",
      "connection",
      "transfer-encoding",
      "content-length",
      "x-amz-date",
      "X-Amzn-Trace-Id",
    ].concat(["x-forwarded-for", "forwarded", "x-request-id", "te", "via", "proxy-authorization", "date"]),
  )("the header %s, which the gateway controls", (name) => {
    expect(Object.values(faultsIn(withRoute({ headers: { [name]: "claims.x" } })))).toEqual([
      "as a key: is a header that the gateway itself controls",
    ]);
  });
});

describe("accepts, just at the edge,", () => {
  test.each<[string, object]>([
    ["a timeout of 1 s", withRoute({ timeout: "1s" })],
    ["an idleTimeout a second below the timeout", withRoute({ timeout: "1m", idleTimeout: "59s" })],
    ["a heartbeat a second below both", withRoute({ timeout: "1m", idleTimeout: "31s", heartbeat: "30s" })],
    ["no CORS, by null", withRoute({ cors: null })],
    ["32 headers", withRoute({ headers: many(32) })],
    ["a path that only begins like /sts", withRoute({ route: "GET /stsx" })],
    ["a path that only begins like /grant", withRoute({ route: "GET /grants" })],
    ["ANY and GET on one path", { ...minimal, routes: [route, { ...route, route: "ANY /reports" }] }],
  ])("%s", (_name, document) => {
    expect(faultsIn(document)).toEqual({});
  });
});

test("limits that contradict each other are told beside a limit that is none", () => {
  const faults = faultsIn(withRoute({ timeout: "1m", idleTimeout: "2m", heartbeat: "often", name: "a b" }));
  expect(Object.keys(faults).sort()).toEqual([
    "routes[0].heartbeat",
    "routes[0].idleTimeout",
    "routes[0].name",
  ]);
});
