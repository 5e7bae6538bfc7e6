import {
  adminRole,
  analystRole,
  configuration,
  ownerRole,
  reportsRoute,
  adminRoute,
} from "./configurations.js";
import { grantway, type World } from "./run-grantway.js";

interface Report {
  readonly faults: readonly { readonly path: string; readonly message: string }[];
  readonly findings: readonly {
    readonly severity: string;
    readonly path: string;
    readonly message: string;
  }[];
}

const check = async (document: unknown, argv: readonly string[] = [], world: World = {}) => {
  const files = { "gateway.yaml": document, ...world.files };
  const { status, out } = await grantway(["check", "--json", ...argv], { ...world, files });
  return { status, ...(JSON.parse(out) as Report) };
};

/** `path: message` of each warning. */
const warnings = async (document: unknown, ...argv: readonly string[]) =>
  (await check(document, argv)).findings
    .filter(({ severity }) => severity === "warning")
    .map(({ path, message }) => `${path}: ${message}`);

const withRoles = (...roles: readonly object[]) => ({
  ...configuration,
  roles: roles.map((role, at) => ({ ...adminRole, name: `r${at}`, ...role })),
  routes: [{ ...reportsRoute, scopes: [] }],
});

describe("faults", () => {
  test("are told all at once, each with its path, and end with 78", async () => {
    const broken = { ...configuration, sts: {}, roles: [{ ...analystRole, when: "claims.x +" }] };
    const files = { "gateway.yaml": broken };
    const { status, out, err } = await grantway(["check"], { files });
    expect([status, out]).toEqual([78, ""]);
    expect(err).toMatch(/^grantway: gateway.yaml: 3 faults\n/);
    expect(err).toContain("sts.region: is missing");
    expect(err).toContain("roles[0].when: is not CEL");
    expect(err).toContain('routes[1].roles[0]: there is no role "admin"');
    expect((await check(broken)).faults.map(({ path }) => path)).toContain("sts.region");
  });

  test("of case files count too", async () => {
    const { status, faults } = await check(configuration, ["--tests", "none.yaml"]);
    expect([status, faults]).toEqual([78, [{ path: "none.yaml", message: "cannot be read: no such file" }]]);
  });
});

describe("the configuration", () => {
  test.each([
    ["as an argument", ["my.yaml"], {}],
    ["behind --config", ["--config", "my.yaml"], {}],
    ["named by GATEWAY_CONFIG", [], { GATEWAY_CONFIG: "my.yaml" }],
    ["in GATEWAY_CONFIG itself", [], { GATEWAY_CONFIG: JSON.stringify(configuration) }],
  ])("is found %s", async (_, argv, env) => {
    const files = { "my.yaml": configuration };
    expect((await grantway(["check", ...argv], { files, env })).status).toBe(0);
  });

  test("gets what it asks of the environment from --env", async () => {
    const document = { ...configuration, sts: { region: "${env.REGION}" } };
    expect((await check(document)).status).toBe(78);
    expect((await check(document, ["--env", "REGION=eu-west-1"])).status).toBe(0);
  });

  test("is one file", async () => {
    expect((await grantway(["check", "a.yaml", "b.yaml"])).status).toBe(64);
  });

  test("is one file with --config too, where the other would go unread", async () => {
    const files = { "a.yaml": configuration, "b.yaml": {} };
    const { status, out, err } = await grantway(["check", "a.yaml", "--config", "b.yaml"], { files });
    expect([status, out]).toEqual([64, ""]);
    expect(err).toMatch(/^grantway check: it takes one FILE, .*--help tells more\)\n$/);
  });
});

describe("a sound configuration", () => {
  test("is ok, in one line", async () => {
    const { status, out, err } = await grantway(["check", "a.yaml"], { files: { "a.yaml": configuration } });
    expect([status, out, err]).toEqual([0, "a.yaml: ok\n", ""]);
  });

  test("is ok strictly, whatever the notes", async () => {
    const document = {
      ...configuration,
      roles: [adminRole, { ...analystRole, transitiveTags: [] }, ownerRole],
    };
    const { status, findings } = await check(document, ["--strict"]);
    expect(status).toBe(0);
    expect(findings).toEqual([expect.objectContaining({ severity: "note", path: "roles[1].tags.tenant" })]);
  });
});

test("warnings are no failure, unless --strict makes them one", async () => {
  const document = withRoles({ when: "true" }, { when: "claims.x" });
  expect((await check(document)).status).toBe(0);
  expect((await check(document, ["--strict"])).status).toBe(1);
  const { out } = await grantway(["check", "a.yaml"], { files: { "a.yaml": document } });
  expect(out).toMatch(/^a.yaml: 1 warning\n {2}warning {2}roles\[1\].when: r1 can never match/);
});

describe("a short duration of what is granted", () => {
  const withDuration = (duration: string | undefined, route: object = {}) => ({
    ...configuration,
    roles: [{ ...adminRole, ...(duration !== undefined && { duration }) }],
    routes: [{ ...adminRoute, ...route }],
  });

  test.each(["15m", "29m59s"])("(%s) is found, with what it causes", async (duration) => {
    expect(await warnings(withDuration(duration))).toEqual([
      "roles[0].duration: what admin grants is soon within the last 15 minutes of its life, in which botocore and the " +
        "AWS CLI ask the grant door again at each use; 30m or longer keeps it out of them",
    ]);
  });

  test.each(["30m", undefined])("is not %s", async (duration) => {
    expect(await warnings(withDuration(duration))).toEqual([]);
  });

  test("is nobody's matter where the route only proxies, or the rule cannot match there", async () => {
    expect(await warnings(withDuration("15m", { doors: ["proxy"] }))).toEqual([]);
    const never = withRoles({ when: "true" }, { when: "claims.x", duration: "15m" });
    expect(await warnings(never)).toEqual([expect.stringContaining("r1 can never match")]);
  });
});

describe("a rule that can never match", () => {
  test.each([
    [["true", "claims.x"], "r1 can never match: r0 goes before it and always matches"],
    [["(true)", "claims.x"], "r1 can never match: r0 goes before it and always matches"],
    [
      ["'a' in claims.g", '"a"  in (claims.g)'],
      "r1 can never match: r0 goes before it and matches wherever it would",
    ],
    [
      ["claims.a", "claims.b && claims.a"],
      "r1 can never match: r0 goes before it and matches wherever it would",
    ],
    [["claims.a", "false"], "r1 can never match: false never holds"],
    [["claims.a", "claims.b && 1 == 2"], "r1 can never match: 1 == 2 never holds"],
    [
      ["claims.a", 'issuer == "mian"'],
      'r1 can never match: issuer == "mian" never holds on GET /reports/{id}',
    ],
    [
      ["claims.a", 'route.name == "report" && claims.b'],
      'r1 can never match: route.name == "report" never holds on GET /reports/{id}',
    ],
  ])("is found: %j", async (whens, message) => {
    expect(await warnings(withRoles(...whens.map((when) => ({ when }))))).toEqual([
      `roles[1].when: ${message}`,
    ]);
  });

  test.each([
    [["claims.a", "true"]],
    [["claims.a && claims.b", "claims.a"]],
    [["claims.a", "claims.b"]],
    [["claims.a", 'issuer == "main"']],
    [["claims.a", 'route.name == "reports"']],
    [["claims.a", 'route.params.id == "7"']],
  ])("is not seen where it may: %j", async (whens) => {
    expect(await warnings(withRoles(...whens.map((when) => ({ when }))))).toEqual([]);
  });

  test("needs an earlier rule on every route of its own", async () => {
    const roles = [
      { ...adminRole, when: "true" },
      { ...analystRole, when: "claims.x" },
    ];
    const both = [reportsRoute, { ...adminRoute, roles: ["analyst"] }];
    expect(await warnings({ ...configuration, roles, routes: both })).toEqual([]);
    expect(await warnings({ ...configuration, roles, routes: [reportsRoute] })).toHaveLength(1);
  });
});

test("a route that no role can open is found, with the reason of each", async () => {
  const roles = [{ ...adminRole, when: "false" }, analystRole, ownerRole];
  expect(await warnings({ ...configuration, roles })).toEqual([
    "roles[0].when: admin can never match: false never holds",
    "routes[1]: no role can be had for ANY /admin/{proxy+}: admin (false never holds)",
  ]);
});

test("a role that no route uses is found", async () => {
  expect(await warnings({ ...configuration, routes: [adminRoute] })).toEqual([
    "roles[1]: no route uses the role analyst",
    "roles[2]: no route uses the role owner",
  ]);
});

test("a drain that is shorter than a call is a warning, unless it may cut", async () => {
  const withListen = (listen: object) => ({ ...configuration, listen });
  expect(await warnings(withListen({ drain: "15m" }))).toEqual([]);
  expect(await warnings(withListen({ drain: "14m59s" }))).toEqual([
    "listen.drain: a restart would break calls of route reports and of 1 more: " +
      "listen.drain 14m59s is shorter than its timeout 15m",
  ]);
  expect(await warnings(withListen({ drain: "5s", drainMayCut: true }))).toEqual([]);
});

describe("a tag", () => {
  const tagsOf = async (role: object) =>
    (await check(withRoles(role))).findings
      .filter(({ path }) => path.includes("tags"))
      .map(({ path }) => path);
  const policy = (condition: object) => [
    { Effect: "Allow", Action: "s3:GetObject", Resource: "*", Condition: condition },
  ];

  test("that nothing here reads is noted", async () => {
    expect(await tagsOf({ tags: { team: "claims.team" } })).toEqual(["roles[0].tags.team"]);
  });

  test.each([
    ["it is transitive", { transitiveTags: ["team"] }],
    ["a policy asks for it", { policy: policy({ StringEquals: { "aws:PrincipalTag/Team": "x" } }) }],
  ])("is not noted where %s", async (_, role) => {
    expect(await tagsOf({ tags: { team: "claims.team" }, ...role })).toEqual([]);
  });
});

describe("with --tests", () => {
  const cases = (claims: object) => ({
    cases: [{ name: "n", claims, route: "GET /", expect: { denial: "route_unknown" } }],
  });
  const unset = async (claims: object) => {
    const world = { files: { "t.yaml": cases(claims) } };
    const { findings } = await check(configuration, ["--tests", "t.yaml"], world);
    return findings.map(({ path, message }) => `${path}: ${message}`);
  };

  test("claims that no case sets are told, wherever they are read", async () => {
    expect(await unset({ groups: [] })).toEqual([
      "roles[1]: reads claims.email, which no case sets",
      "roles[1]: reads claims.tenant, which no case sets",
      "roles[2]: reads claims.sub, which no case sets",
      "routes[0]: reads claims.email, which no case sets",
    ]);
  });

  test("nothing is told once each is set by some case", async () => {
    expect(await unset({ groups: [], email: "", tenant: "", sub: "" })).toEqual([]);
  });
});

describe("--targets", () => {
  const api = { executeApi: "https://abc123.execute-api.eu-west-1.amazonaws.com/prod" };
  const document = {
    ...configuration,
    routes: [reportsRoute, { ...adminRoute, route: "POST /admin/{proxy+}", target: api }],
  };
  const arn = "arn:aws:execute-api:eu-west-1:*:abc123/prod";

  test("tells in JSON where each route leads and what a session may do for that", async () => {
    const { out } = await grantway(["check", "--json", "--targets"], { files: { "gateway.yaml": document } });
    const { targets } = JSON.parse(out) as { targets: readonly object[] };
    expect(targets).toHaveLength(2);
    expect(targets[1]).toEqual({
      path: "routes[1]",
      route: "POST /admin/{proxy+}",
      target: { kind: "executeApi", url: `${api.executeApi}/`, arn },
      statements: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: `${arn}/POST/admin/*` }],
    });
  });

  test("tells a reader the same, and nothing of it unless asked", async () => {
    const files = { "gateway.yaml": document };
    const asked = await grantway(["check", "--targets"], { files });
    expect(asked.out).toContain(
      `  routes[1]  POST /admin/{proxy+}\n    executeApi: ${api.executeApi}/\n      {"Effect"`,
    );
    expect((await grantway(["check"], { files })).out).not.toContain("executeApi");
    const json = JSON.parse((await grantway(["check", "--json"], { files })).out) as object;
    expect(Object.keys(json)).toEqual(["faults", "findings"]);
  });

  test("has nothing to tell of a configuration with faults", async () => {
    const { out, status } = await grantway(["check", "--json", "--targets"], {
      files: { "gateway.yaml": { ...document, sts: {} } },
    });
    expect(status).toBe(78);
    expect(Object.keys(JSON.parse(out) as object)).toEqual(["faults", "findings"]);
  });
});

test("the claim of a tenant is one that cases should set", async () => {
  const target = {
    invoke: "arn:aws:lambda:eu-west-1:123456789012:function:jobs",
    tenantId: "claims.customer",
  };
  const document = {
    ...configuration,
    routes: [{ ...reportsRoute, headers: {}, target, doors: ["proxy"] }, adminRoute],
  };
  const cases = {
    cases: [{ name: "a", claims: { sub: "a" }, route: "GET /", expect: { denial: "route_unknown" } }],
  };
  const files = { "gateway.yaml": document, "cases.yaml": cases };
  const { findings } = await check(document, ["--tests", "cases.yaml"], { files });
  expect(findings).toContainEqual({
    severity: "warning",
    path: "routes[0]",
    message: "reads claims.customer, which no case sets",
  });
});

describe("a Valkey", () => {
  const key = "claims.sub";
  const valkey = { url: "redis://valkey" };
  const inFlight = { name: "in-flight", key, inFlight: 1 };
  const unused = ["valkey: is not used: it counts `requests`, and no entry of rateLimits has any"];

  test.each<[string, object, readonly string[]]>([
    ["without any limit is found", { valkey }, unused],
    ["where all limits are of calls in flight, too", { valkey, rateLimits: [inFlight] }, unused],
    [
      "that counts requests is not",
      { valkey, rateLimits: [inFlight, { name: "rate", key, requests: 1, per: "1s" }] },
      [],
    ],
    ["that is not there is not", { rateLimits: [inFlight] }, []],
  ])("%s", async (_, more, found) => {
    expect(await warnings({ ...configuration, ...more })).toEqual(found);
  });
});
