import fc from "fast-check";
import { compileExpression } from "../../server/core/cel.js";
import type { ExpressionOptions, Variables } from "../../server/core/cel.js";
import { refused } from "../fixtures/outcome.js";

const all = ["claims", "issuer", "route"] as const;

function compile(source: string, options: Partial<ExpressionOptions> = {}) {
  return compileExpression(source, { type: "any", variables: all, ...options });
}

const route = { name: "reports", key: "GET /reports/{id}", params: { id: "7" } };

function evaluate(source: string, claims: Variables["claims"] = {}, type: ExpressionOptions["type"] = "any") {
  const compiled = compile(source, { type });
  if (!compiled.ok) throw new Error(compiled.denial);
  return compiled.value.evaluate({ claims, issuer: "main", route });
}

/** As a token gives them: through JSON. */
const claims = JSON.parse(`{
  "sub": "auth0|abc", "level": 3, "score": 3.5, "nothing": null, "verified": true,
  "groups": ["staff", "analysts"], "mixed": [1, "analysts", null], "none": [],
  "https://example.com/groups": ["g1"],
  "resource_access": { "reports": { "roles": ["reader"] } },
  "orgs": [{ "id": "o1", "admin": false }, { "id": "o2", "admin": true }]
}`) as Record<string, unknown>;

describe("what an expression gives", () => {
  test.each<[string, unknown]>([
    ["claims.sub", "auth0|abc"],
    ['claims.sub == "auth0|abc"', true],
    ['"analysts" in claims.groups', true],
    ['"admins" in claims.groups', false],
    ['"x" in claims.none', false],
    ['"analysts" in claims.mixed', true],
    ['claims["https://example.com/groups"].exists(g, g == "g1")', true],
    ["claims.resource_access.reports.roles[0]", "reader"],
    ['claims.orgs.exists(o, o.id == "o2" && o.admin)', true],
    ["claims.orgs.filter(o, o.admin).map(o, o.id)", ["o2"]],
    ["claims.orgs[1]", { id: "o2", admin: true }],
    ["claims.level", 3],
    ["claims.level >= 3", true],
    ["claims.level > 3", false],
    ["claims.level == 3", true],
    ["3 == claims.level", true],
    ["claims.level == 3.0", true],
    ["claims.level + 1", 4],
    ["claims.level in [1, 3]", true],
    ["string(claims.level)", "3"],
    ["claims.score > 3", true],
    ["claims.score", 3.5],
    ["claims.nothing == null", true],
    ["has(claims.nothing)", true],
    ["has(claims.absent)", false],
    ["has(claims.resource_access.reports)", true],
    ['"sub" in claims', true],
    ['claims.absent == "x" || claims.verified', true],
    ['claims.sub.split("|")[1]', "abc"],
    ['claims.groups.join(":")', "staff:analysts"],
    ["size(claims.groups)", 2],
    ['claims.verified ? claims.sub : "nobody"', "auth0|abc"],
    ["timestamp(claims.level) < timestamp('2024-01-01T00:00:00Z')", true],
    ["issuer", "main"],
    ["route.params.id", "7"],
    ['route.name + " " + route.key', "reports GET /reports/{id}"],
  ])("%s", (source, value) => {
    expect(evaluate(source, claims)).toEqual({ ok: true, value });
  });
});

describe("what an expression refuses", () => {
  test.each([
    ["claims.absent", "No such key: absent"],
    ["claims.constructor", "No such key: constructor"],
    ["claims.__proto__", "No such key: __proto__"],
    ['claims["toString"]', "No such key: toString"],
    ["claims.sub.length", "No such key: length"],
    ["claims.groups.length", "No such key: length"],
    ["claims.orgs[0].hasOwnProperty", "No such key: hasOwnProperty"],
    ["route.params.constructor", "No such key: constructor"],
    ["claims.groups[2]", "out of bounds"],
    ["has(claims.absent.deeper)", "No such key: absent"],
    ['!("x" in claims.absent)', "No such key: absent"],
    ["claims.sub > 3", "no such overload"],
    ['"x" in claims.sub', "no such overload"],
    ["claims.sub + 1", "no such overload"],
    ["1 / 0", "division by zero"],
    ["claims.sub && true", "requires bool"],
    ["9007199254740993", "beyond 2^53"],
    ["1.0 / 0.0", "is not finite"],
    ["timestamp(0)", "JSON"],
    ["{'t': [type(1)]}", "JSON"],
  ])("%s", (source, cause) => {
    expect(evaluate(source, claims)).toEqual({ ok: false, denial: expect.stringContaining(cause) as string });
  });

  test.each<[string, ExpressionOptions["type"], boolean]>([
    ["claims.verified", "bool", true],
    ["claims.sub", "bool", false],
    ["claims.level", "bool", false],
    ["claims.nothing", "bool", false],
    ["claims.sub", "string", true],
    ["claims.level", "string", false],
    ["claims.groups", "string", false],
    ["claims.orgs[0]", "string", false],
    ["claims.nothing", "string", false],
  ])("%s, where %s is needed, is accepted: %s", (source, type, ok) => {
    expect(evaluate(source, claims, type).ok).toBe(ok);
  });

  test("names of JavaScript's own are ordinary claims when a token has them", () => {
    const hostile = JSON.parse(
      '{"constructor":"c","__proto__":{"admin":true},"nested":{"constructor":null}}',
    ) as object;
    expect(evaluate("claims.constructor", { ...claims, ...hostile })).toEqual({ ok: true, value: "c" });
    expect(
      evaluate("has(claims.admin)", JSON.parse('{"__proto__":{"admin":true}}') as Variables["claims"]),
    ).toEqual({
      ok: true,
      value: false,
    });
    expect(evaluate("claims.nested.constructor == null", hostile as Variables["claims"])).toEqual({
      ok: true,
      value: true,
    });
  });

  test("a variable that is not at hand", () => {
    const compiled = compile("route.name == 'x' || issuer == 'x'");
    expect(compiled.ok && compiled.value.evaluate({ claims: {}, issuer: "main" })).toEqual({
      ok: false,
      denial: "route is not known here",
    });
  });
});

describe("what is refused at load", () => {
  test.each([
    ["", "not CEL"],
    ["claims.", "not CEL"],
    ["claims.a ==", "not CEL"],
    ["user.sub", "Unknown variable: user"],
    ["globalThis", "Unknown variable: globalThis"],
    ["claims.toString()", "toString() is not available"],
    ['claims.sub.matches("(a+)+$")', "matches() is not available"],
    ["duration(claims.sub) == duration('1s')", "duration() is not available"],
    ["claims.email.lowerAscii()", "lowerAscii() is not available"],
    ["cel.bind(x, claims.sub, x)", "bind() is not available"],
    ['b"{}".json()', "json() is not available"],
    ["claims.l.filter(x, x.matches('a')).size()", "matches() is not available"],
    ["[claims.sub.matches('a')]", "matches() is not available"],
    ["{'a': claims.sub.matches('a')}.a", "matches() is not available"],
    ["claims.l.exists(x, x.matches('a'))", "matches() is not available"],
    [
      "has(claims.a) ? !claims.b.matches('a') : -int(claims.c.matches('b')) > 1",
      "matches() is not available",
    ],
    ["claims.a.exists(x, claims.b.split(x)[0] == x)", "split() may not stand inside a macro"],
    [`claims.${"a".repeat(2048)}`, "longer than 2048"],
    [Array.from({ length: 300 }, () => "1").join("+"), "maxAstNodes"],
    [`${"(".repeat(40)}true${")".repeat(40)}`, "maxDepth"],
  ])("%s", (source, cause) => {
    expect(compile(source)).toEqual({ ok: false, denial: expect.stringContaining(cause) as string });
  });

  test.each<[string, ExpressionOptions["type"], boolean]>([
    ["claims.a", "bool", true],
    ["true", "bool", true],
    ["1", "bool", false],
    ["claims.a == 1", "string", false],
    ["'x'", "string", true],
    ["size(claims.a)", "string", false],
    ["claims", "string", false],
    ["claims", "any", true],
  ])("%s, where %s is needed, passes: %s", (source, type, ok) => {
    expect(compile(source, { type }).ok).toBe(ok);
  });

  test("a variable that the slot does not know", () => {
    expect(compile("issuer == 'main'", { variables: ["claims"] })).toEqual({
      ok: false,
      denial: "Unknown variable: issuer",
    });
  });

  test.each([
    ["claims.a.exists(x, claims.b.exists(y, x == y))", true],
    ["claims.a.exists(x, claims.b.exists(y, claims.c.exists(z, x == z)))", false],
    ["claims.a.exists(x, x in claims.b)", true],
    ["claims.a.exists(x, claims.b.exists(y, y in claims.c))", false],
    ["claims.a.exists(x, claims.b.exists(y, y in ['p', 'q']))", true],
    ["claims.a.filter(x, x > 1).map(x, x + 1).exists(x, x == 2)", true],
    ["claims.a.exists(x, claims.s.contains(x))", true],
    ["claims.a.exists(x, claims.b.exists(y, claims.s.contains(y)))", false],
    ["claims.a.exists(x, claims.b.exists(y, claims.s.indexOf(y) > 0))", false],
    ["claims.a.exists(x, claims.b.exists(y, y.startsWith(x)))", true],
    ["claims.a.exists(x, size(claims.s) > 1)", true],
    ["claims.a.exists(x, claims.b.exists(y, size(claims.s) > 1))", false],
    ["claims.a.map(x, claims.s).join('') == 'x'", true],
    ["claims.a.exists(x, claims.b.join('') == x)", true],
    ["claims.a.map(x, claims.b.map(y, claims.s).join(''))", false],
    ["claims.a.map(x, claims.b.join('')).join('')", false],
    ["claims.a.map(x, claims.s).join('').split('')", false],
  ])("walks nest twice at most: %s passes: %s", (source, ok) => {
    expect(compile(source).ok).toBe(ok);
  });
});

describe("bounds on claims", () => {
  const list = (length: number) => ({ a: Array.from({ length }, () => 1) });
  const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);

  test("1024 values pass and one more is refused", () => {
    expect(evaluate("size(claims.a)", list(1023))).toEqual({ ok: true, value: 1023 });
    expect(evaluate("size(claims.a)", list(1024))).toEqual({
      ok: false,
      denial: "claims holds more than 1024 values",
    });
  });

  test("ten levels pass and one more is refused", () => {
    expect(evaluate("size(claims.a)", { a: nest(9) }).ok).toBe(true);
    expect(evaluate("size(claims.a)", { a: nest(10) })).toEqual({
      ok: false,
      denial: "claims holds values nested deeper than 10",
    });
  });

  test("a value that JSON does not know is refused", () => {
    expect(evaluate("claims.f", { f: () => 1 })).toMatchObject({ ok: false });
  });

  test("claims are read once however many expressions ask", () => {
    let reads = 0;
    const counted = {
      get sub() {
        return ++reads;
      },
    };
    evaluate("claims.sub", counted);
    expect(evaluate("claims.sub + 1", counted)).toEqual({ ok: true, value: 2 });
    expect(reads).toBe(1);
  });
});

describe("whatever comes in", () => {
  const sources = fc
    .array(
      fc.constantFrom(
        ..."claims . sub issuer route ( ) [ ] { } , : ? && || ! - + * / % == < in 'x' 1 2.5 null has size exists map x matches __proto__ constructor b'x' \" $".split(
          " ",
        ),
      ),
      { maxLength: 12 },
    )
    .map((words) => words.join(""));

  test("neither compiling nor evaluating throws, and no promise comes out", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), sources),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (source, given) => {
          const compiled = compile(source);
          const result = compiled.ok
            ? compiled.value.evaluate({ claims: given, issuer: "main", route })
            : compiled;
          expect(typeof result.ok).toBe("boolean");
          expect(result.ok && result.value instanceof Promise).toBe(false);
        },
      ),
    );
  });

  test("a claim comes back as it was, or is refused", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const result = evaluate("claims.x", { x: value });
        if (result.ok) expect(JSON.stringify(result.value)).toBe(JSON.stringify(value));
        else expect(result.denial).toMatch(/more than|2\^53/);
      }),
    );
  });

  test("only the claim's own value makes an equality true", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (claim, wanted) => {
        const result = evaluate(`claims.x == claims.y`, { x: claim, y: wanted });
        expect(result).toEqual({ ok: true, value: claim === wanted });
      }),
    );
  });
});

describe("an expression for a string or a list of strings", () => {
  test.each(["claims.x", "'a'", "['a']", "[]", "[claims.x]", "claims.x.filter(e, e != '')"])(
    "may be %s",
    (source) => {
      expect(compile(source, { type: "strings" }).ok).toBe(true);
    },
  );

  test.each(["1", "true", "[1]", "{'a': 'b'}", "[['a']]"])("may not be %s", (source) => {
    const denial = refused(compile(source, { type: "strings" }));
    expect(denial).toContain("where string or list<string> is needed");
  });

  test.each<[unknown, boolean]>([
    ["a", true],
    ["", true],
    [["a", "b"], true],
    [[], true],
    [7, false],
    [["a", 7], false],
    [[["a"]], false],
    [null, false],
    [{ a: "b" }, false],
  ])("of the claim %j: given is %s", (x, given) => {
    const result = evaluate("claims.x", { x }, "strings");
    expect(result).toEqual(given ? { ok: true, value: x } : expect.objectContaining({ ok: false }));
  });
});
