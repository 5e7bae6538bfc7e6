import fc from "fast-check";
import type { Door, Route } from "../server/core/model.js";
import { createMatchRoute } from "../server/match-route.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { routeWith } from "./fixtures/route.js";
import { targetOf } from "./fixtures/target.js";

const keys = [
  "$default",
  "ANY /{proxy+}",
  "GET /{proxy+}",
  "GET /pets",
  "ANY /pets/{id}",
  "GET /pets/{id}",
  "GET /pets/dog",
  "POST /pets/dog/{action}",
  "GET /pets/{id}/{proxy+}",
  "GET /pets/dog/{proxy+}",
  "ANY /{first}/{second}/{third}",
  "GET /",
];

const grantless = (key: string, doors: readonly Door[] = ["proxy"]): Route =>
  routeWith(key, { doors: new Set(doors) });

const match = (routeKeys: readonly string[], method: string, raw: string) =>
  createMatchRoute(routeKeys.map((key) => grantless(key)))(method, targetOf(raw));

const matchedKey = (routeKeys: readonly string[], method: string, raw: string) =>
  accepted(match(routeKeys, method, raw)).route.key;

describe("the proxy door", () => {
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
  test.each([
    ["GET", "/", "GET /"],
    ["POST", "/", "$default"],
    ["GET", "/pets", "GET /pets"],
    ["POST", "/pets", "ANY /{proxy+}"],
    ["GET", "/pets/dog", "GET /pets/dog"],
    ["GET", "/pets/cat", "GET /pets/{id}"],
    ["PUT", "/pets/cat", "ANY /pets/{id}"],
    ["PUT", "/pets/dog", "ANY /pets/{id}"],
    ["POST", "/pets/dog/1", "POST /pets/dog/{action}"],
    ["GET", "/pets/dog/1", "GET /pets/dog/{proxy+}"],
    ["GET", "/pets/cat/1", "GET /pets/{id}/{proxy+}"],
    ["GET", "/pets/dog/1/2", "GET /pets/dog/{proxy+}"],
    ["PUT", "/pets/dog/1", "ANY /{first}/{second}/{third}"],
    ["GET", "/cars", "GET /{proxy+}"],
    ["PUT", "/cars", "ANY /{proxy+}"],
    ["GET", "/Pets", "GET /{proxy+}"],
    ["GET", "/pets/dog/", "GET /pets/dog"],
  ])("%s %s goes to %s, in whatever order the routes are written", (method, raw, key) => {
    fc.assert(
      fc.property(fc.shuffledSubarray(keys, { minLength: keys.length }), (shuffled) => {
        expect(matchedKey(shuffled, method, raw)).toBe(key);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["ANY /pets/{id}", "/pets/a%20b", { id: "a b" }],
    ["ANY /pets/{id}", "/pets/%E7%8A%AC", { id: "犬" }],
    ["ANY /pets/{id}", "/pets/a%2Fb", { id: "a/b" }],
    ["ANY /pets/{id}/{tag}", "/pets/1/x", { id: "1", tag: "x" }],
    ["ANY /{proxy+}", "/a/b/c", { proxy: "a/b/c" }],
    ["ANY /{proxy+}", "/a/b/", { proxy: "a/b" }],
    ["ANY /admin", "/admin/", {}],
    ["ANY /pets/{proxy+}", "/pets/a%20b/%2Fc", { proxy: "a b//c" }],
    ["$default", "/a/b", {}],
    ["$default", "/", {}],
  ])("%s gives %s its parameters, decoded", (key, raw, params) => {
    expect(accepted(match([key], "GET", raw))).toMatchObject({ door: "proxy", params });
  });

  test.each([
    ["ANY /pets/{id}", "/pets"],
    ["ANY /pets/{id}", "/pets/"],
    ["ANY /pets/{id}", "/pets/1/2"],
    ["ANY /pets/{proxy+}", "/pets"],
    ["ANY /pets/{proxy+}", "/pets/"],
    ["ANY /{proxy+}", "/"],
    ["GET /", "/pets"],
  ])("%s does not take %s", (key, raw) => {
    expect(refused(match([key], "GET", raw))).toEqual({ reason: "route_unknown" });
  });

  test("ANY is the seven methods of a function URL, and no other", () => {
    const denial = refused(match(["ANY /a"], "TRACE", "/a"));
    const allow = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    expect(denial).toEqual({ reason: "method_not_allowed", allow });
  });

  test("names the methods that the path does take", () => {
    expect(refused(match(["GET /pets", "POST /pets", "PUT /{id}"], "DELETE", "/pets"))).toEqual({
      reason: "method_not_allowed",
      allow: ["GET", "POST", "PUT"],
    });
  });

  test("keeps the paths of a route that is for granting only from broader routes", () => {
    const routes = [
      routeWith("GET /secrets/{id}", { doors: new Set<Door>(["grant"]) }),
      grantless("$default"),
    ];
    const matchRoute = createMatchRoute(routes);
    expect(refused(matchRoute("GET", targetOf("/secrets/1")))).toEqual({ reason: "route_unknown" });
    expect(accepted(matchRoute("GET", targetOf("/other"))).route.key).toBe("$default");
  });
});

describe("a spelling cannot walk round a route", () => {
  const guarded = ["ANY /admin/{proxy+}", "ANY /admin", "$default"];

  test.each(["/admin/x", "/%61dmin/x", "/%61%64%6D%69%6e/x", "/adm%69n/%78"])("%s is /admin/x", (raw) => {
    expect(matchedKey(guarded, "GET", raw)).toBe("ANY /admin/{proxy+}");
  });

  // A function that decodes before it routes reads these as /admin/x; one that does not, as a path of its own.
  test.each(["/admin%2Fx", "/admin%2fx", "/%2Fadmin/x", "/%2Fadmin", "/admin%2F%2Fx", "/admin%2F"])(
    "%s is refused, since functions read it in two ways",
    (raw) => {
      expect(refused(match(guarded, "GET", raw))).toEqual({
        reason: "target_invalid",
        cause: expect.stringContaining("the path fits another route: ANY /admin") as string,
      });
    },
  );

  test("an encoded slash stands where both readings find the same route, or a broader one", () => {
    expect(matchedKey(guarded, "GET", "/admin/a%2Fb")).toBe("ANY /admin/{proxy+}");
    expect(matchedKey(guarded, "GET", "/public/a%2Fb")).toBe("$default");
    expect(matchedKey(["GET /fetch/{url}", "$default"], "GET", "/fetch/https%3A%2F%2Fa.example%2Fb")).toBe(
      "GET /fetch/{url}",
    );
  });

  test("an encoded slash is no matter of a route for another method", () => {
    expect(matchedKey(["GET /a/b", "PUT /{id}"], "PUT", "/a%2Fb")).toBe("PUT /{id}");
  });
});

test("any permutation of any routes gives the same match", () => {
  const segment = fc.constantFrom("a", "b", "{x}");
  const key = fc
    .tuple(fc.constantFrom("ANY", "GET", "POST"), fc.array(segment, { maxLength: 3 }), fc.boolean())
    .map(([method, segments, isGreedy]) => {
      const named = segments.map((text, at) => (text === "{x}" ? `{p${at}}` : text));
      return `${method} /${[...named, ...(isGreedy ? ["{rest+}"] : [])].join("/")}`;
    });
  const routeKeys = fc.uniqueArray(fc.oneof(key, fc.constant("$default")), { minLength: 1, maxLength: 10 });
  const path = fc
    .array(fc.constantFrom("a", "b", "c", "a%2Fb"), { maxLength: 4 })
    .map((parts) => `/${parts.join("/")}`);
  const orders = routeKeys.chain((some) =>
    fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
  );
  fc.assert(
    fc.property(orders, fc.constantFrom("GET", "PUT"), path, ([some, shuffled], method, raw) => {
      const simplify = (order: readonly string[]) => {
        const result = match(order, method, raw);
        return result.ok ? [result.value.route.key, result.value.params] : result.denial.reason;
      };
      expect(simplify(shuffled)).toEqual(simplify(some));
    }),
    { numRuns: 1000 },
  );
});
