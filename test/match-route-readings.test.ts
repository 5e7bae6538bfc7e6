// A function that gets the path decoded reads it in ways of its own. Whatever it reads, the caller went through the guard
// of that route.
import fc from "fast-check";
import { Hono } from "hono";
import type { Door, Route } from "../server/core/model.js";
import { parseRequestTarget } from "../server/core/request-target.js";
import { createMatchRoute } from "../server/match-route.js";
import { authorizerWith } from "./fixtures/authorizer.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { roleRuleWith } from "./fixtures/role-rule.js";
import { routeWith } from "./fixtures/route.js";

const route = (key: string, overrides: Partial<Route> = {}) =>
  routeWith(key, { doors: new Set<Door>(["proxy"]), ...overrides });
const routes = [
  route("ANY /admin", { scopes: ["admin"] }),
  route("ANY /admin/{proxy+}", { scopes: ["admin"] }),
  route("ANY /public/{proxy+}"),
  route("ANY /public/{id}/notes", { roles: [roleRuleWith({ name: "clerk" })] }),
  route("ANY /partner/{proxy+}", { authorizer: authorizerWith() }),
  route("$default"),
];
const ask = (raw: string, among: readonly Route[] = routes) => {
  const target = parseRequestTarget(raw);
  return target.ok ? createMatchRoute(among)("GET", target.value) : target;
};

test.each([
  "/admin%5cusers",
  "/admin%3Fx",
  "/admin%23x",
  "/ad%09min/users",
  "/ad%0Amin/users",
  "/ad%0dmin/users",
  "/public/%252e%252e/admin/users",
  "/public/.%09./admin/users",
  "/public/..%3Fx",
  "/public/..%20",
  "/admin%20",
  "/%2561dmin/users",
  "/x%5Cy%2F..%5Cadmin",
  "/%5Cx/admin",
])("%s is refused, since functions may read it as another route's path", (raw) => {
  expect(refused(ask(raw))).toMatchObject({ reason: "target_invalid" });
});

test("a refusal names the other route", () => {
  expect(refused(ask("/admin%5cusers"))).toEqual({
    reason: "target_invalid",
    cause:
      "decoded and then split at its slashes or parsed as a URL, the path fits another route: ANY /admin/{proxy+}. " +
      "A path must be spelt so that it fits one",
  });
});

describe("a broader route of the other reading", () => {
  const among = (overrides: Partial<Route>) => [route("GET /fetch/{url}"), route("$default", overrides)];
  const raw = "/fetch/https%3A%2F%2Fa.example%2Fb";

  test.each<[string, Partial<Route>, Partial<Route>]>([
    ["the same", {}, {}],
    ["the same scope", { scopes: ["a"] }, { scopes: ["a"] }],
    ["no scope", {}, { scopes: ["a"] }],
    ["one more scope to choose from", { scopes: ["b", "a"] }, { scopes: ["a"] }],
  ])("does not matter if it asks for %s", (_what, broader, found) => {
    const routes = [route("GET /fetch/{url}", found), route("$default", broader)];
    expect(accepted(ask(raw, routes)).route.key).toBe("GET /fetch/{url}");
  });

  test("is a reason to refuse if one of the found route's scopes is not among its own", () => {
    const routes = [route("GET /fetch/{url}", { scopes: ["a", "b"] }), route("$default", { scopes: ["a"] })];
    expect(refused(ask(raw, routes))).toMatchObject({ reason: "target_invalid" });
  });

  test.each<[string, Partial<Route>]>([
    ["another scope", { scopes: ["all"] }],
    ["another role", { roles: [roleRuleWith({ name: "root" })] }],
    ["an authorizer", { authorizer: authorizerWith() }],
    ["another door", { doors: new Set<Door>(["grant"]) }],
  ])("is a reason to refuse if it asks for %s", (_what, overrides) => {
    expect(refused(ask(raw, among(overrides)))).toMatchObject({ reason: "target_invalid" });
  });
});

test.each([
  ["/public/a%20b", "ANY /public/{proxy+}"],
  ["/public/a%20", "ANY /public/{proxy+}"],
  ["/public/a%2Bb", "ANY /public/{proxy+}"],
  ["/public/%C3%BC(1)", "ANY /public/{proxy+}"],
  ["/public/a%3Fb", "ANY /public/{proxy+}"],
  ["/public/a%23b/c", "ANY /public/{proxy+}"],
  ["/public/a%5Cb", "ANY /public/{proxy+}"],
  ["/public/a%2Fb", "ANY /public/{proxy+}"],
  ["/public/100%25", "ANY /public/{proxy+}"],
  ["/public/a%252Fb", "ANY /public/{proxy+}"],
  ["/public/..a/.../.b%20", "ANY /public/{proxy+}"],
  ["/admin/a%5Cb%3Fc", "ANY /admin/{proxy+}"],
])("%s passes, since every reading of it is one route's", (raw, key) => {
  expect(accepted(ask(raw)).route.key).toBe(key);
});

const guardOf = (key: string): string => {
  const { scopes, roles, authorizer } = accepted(ask(key)).route;
  return JSON.stringify([scopes, roles.map(({ name }) => name), authorizer?.name]);
};
/** What stands behind each guard, as the function itself would tell it from a path it has understood. */
const guards = {
  admin: guardOf("/admin"),
  notes: guardOf("/public/1/notes"),
  partner: guardOf("/partner/x"),
  open: guardOf("/public/x"),
};
function understood(segments: readonly string[]): string {
  const [first, ...more] = segments;
  if (first === "admin") return guards.admin;
  if (first === "public" && more.length === 2 && more[1] === "notes") return guards.notes;
  return first === "partner" && more.length > 0 ? guards.partner : guards.open;
}

const spellingsOf = (character: string) => {
  const once = `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  const twice = once.replace("%", "%25");
  const others = character === "/" ? ["%5c", "%5C", "%252F", "%255c", "/%2f"] : [];
  // As it is, mostly: a path without any trick left is a trick of none.
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(character) },
    { weight: 2, arbitrary: fc.constantFrom(once, twice, ...others) },
  );
};
const inserted = fc.oneof(
  { weight: 12, arbitrary: fc.constant("") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        "%09",
        "%0A",
        "%00",
        "%20",
        "%3F",
        "%23",
        "%253F",
        "%2523",
        "%5C",
        "%2F",
        "%25",
        "%C3%BC",
        "(",
        "x",
      ],
      ...["/..", "/%2e%2e", "/%252e%252e", "/.%09.", "/..%5C", "%5C..", "/..%3F", "/.%252e/", "%2F..%23"],
    ),
  },
);
const base = fc.constantFrom(
  ...["/admin/users", "/admin", "/public/1/notes", "/public/x/admin/users", "/partner/x", "/x/admin"],
  ...["/public/../admin", "/x/public/1/notes", "/x/partner/y", "//x/admin"],
);
const spelt = base.chain((path) =>
  fc
    .tuple(
      ...Array.from(path, (character, at) =>
        // The first slash is one, or it is no path.
        fc.tuple(at === 0 ? fc.constant(character) : spellingsOf(character), inserted),
      ),
    )
    .map((pieces) => pieces.flat().join("")),
);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
const isSegment = (text: string): boolean => text !== "";

test("no spelling goes round a guard, for a function that splits or parses the decoded path", () => {
  let passed = 0;
  fc.assert(
    fc.property(spelt, (raw) => {
      const match = ask(raw);
      if (!match.ok) return;
      passed += 1;
      const { scopes, roles, authorizer } = match.value.route;
      const guard = JSON.stringify([scopes, roles.map(({ name }) => name), authorizer?.name]);
      // What has no guard may be reached through any.
      const decoded = decodeURIComponent(raw);
      const { pathname } = new URL(`http://h${decoded}`);
      expect([guard, guards.open]).toContain(understood(decoded.split("/").filter(isSegment)));
      expect([guard, guards.open]).toContain(understood(pathname.split("/").map(decode).filter(isSegment)));
      expect([guard, guards.open]).toContain(understood(decode(pathname).split("/").filter(isSegment)));
      if (!URL.canParse(decoded, "http://h")) return;
      const reference = new URL(decoded, "http://h").pathname;
      expect([guard, guards.open]).toContain(understood(reference.split("/").map(decode).filter(isSegment)));
    }),
    { numRuns: 5000 },
  );
  expect(passed).toBeGreaterThan(200);
});

test("no spelling goes round a guard of a function that was written with hono", async () => {
  const app = new Hono()
    .all("/admin/*", (c) => c.text(guards.admin))
    .all("/public/:id/notes", (c) => c.text(guards.notes))
    .all("/partner/:rest{.+}", (c) => c.text(guards.partner))
    .all("*", (c) => c.text(guards.open));
  /** The path decoded, behind a host: so hono's adapter makes its request of an HTTP API's event. */
  const answered = async (rawPath: string): Promise<string> =>
    (await app.request(`https://h${rawPath}`)).text();
  let passed = 0;
  await fc.assert(
    fc.asyncProperty(spelt, async (raw) => {
      const match = ask(raw);
      if (!match.ok) return;
      passed += 1;
      const { scopes, roles, authorizer } = match.value.route;
      const guard = JSON.stringify([scopes, roles.map(({ name }) => name), authorizer?.name]);
      const reached = await answered(decodeURIComponent(raw));
      // What has no guard may be reached through any.
      if (reached !== guards.open) expect(reached).toBe(guard);
    }),
    { numRuns: 1000 },
  );
  expect(passed).toBeGreaterThan(50);
});
