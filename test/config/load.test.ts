import { example, issuer, load, minimal, role, route, settingsOf } from "./documents.js";

const claims = {
  sub: "alice",
  email: "a@example.com",
  tenant: "acme",
  groups: ["analysts"],
  token_use: "access",
};

describe("the whole example", () => {
  test("becomes what the gateway runs on", () => {
    const { issuers, roles, routes, ...rest } = settingsOf(example);
    expect(rest).toEqual({
      authorizers: [],
      rateLimits: [],
      sts: { region: "eu-west-1" },
      cors: { origins: ["https://app.example.com"], credentials: true, maxAgeSeconds: 600 },
      listen: {
        host: "0.0.0.0",
        port: 8080,
        adminPort: 8081,
        trustProxy: 1,
        drainMs: 930_000,
        drainMayCut: false,
      },
      limits: { bodyBytes: 6291456, bufferedBytes: 268435456, tokenBytes: 16384 },
    });
    expect(issuers).toMatchObject([
      {
        name: "main",
        issuer: "https://login.example.com/",
        audience: ["https://api.example.com"],
        algorithms: ["RS256", "ES256"],
        jwksUri: "https://login.example.com/keys",
        clockToleranceSeconds: 30,
      },
    ]);
    expect(issuers[0]?.accept?.evaluate({ claims })).toEqual({ ok: true, value: true });
    expect(roles).toMatchObject([
      {
        name: "analyst",
        roleArn: "arn:aws:iam::123456789012:role/reports-invoker",
        tags: [{ key: "tenant" }],
        transitiveTagKeys: ["tenant"],
        durationSeconds: 3600,
      },
    ]);
    expect(routes).toMatchObject([
      {
        key: "ANY /reports/{proxy+}",
        name: "reports",
        method: "ANY",
        segments: [
          { kind: "literal", text: "reports" },
          { kind: "greedy", name: "proxy" },
        ],
        scopes: ["reports:read"],
        target: {
          kind: "functionUrl",
          origin: "https://abc.lambda-url.eu-west-1.on.aws",
          host: "abc.lambda-url.eu-west-1.on.aws",
          functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:reports:live",
          region: "eu-west-1",
          service: "lambda",
        },
        doors: new Set(["proxy", "grant"]),
        timeoutMs: 900_000,
      },
      { target: { kind: "executeApi", basePath: "/prod" } },
      { target: { kind: "invoke", mode: "Event" } },
    ]);
    expect(routes[0]?.roles).toEqual(roles);
  });

  test("has its expressions compiled", () => {
    const { roles, routes } = settingsOf(example);
    const rule = roles[0];
    const asked = {
      claims,
      issuer: "main",
      route: { name: "reports", key: "ANY /reports/{proxy+}", params: {} },
    };
    expect(rule?.when.evaluate(asked)).toEqual({ ok: true, value: true });
    expect(rule?.sessionName?.evaluate(asked)).toEqual({ ok: true, value: "alice" });
    expect(rule?.sourceIdentity?.evaluate(asked)).toEqual({ ok: true, value: "a@example.com" });
    expect(rule?.tags[0]?.value.evaluate(asked)).toEqual({ ok: true, value: "acme" });
    expect(routes[0]?.headers[0]?.name).toBe("x-caller-sub");
    expect(routes[0]?.headers[0]?.value.evaluate(asked)).toEqual({ ok: true, value: "alice" });
    const resource = rule?.policy[0]?.Resource[0];
    expect(resource?.literals).toEqual(["arn:aws:s3:::reports/", "/*"]);
    expect(resource?.slots.map((slot) => slot.evaluate(asked))).toEqual([{ ok: true, value: "acme" }]);
  });
});

test("what is left out has its default", () => {
  const { issuers, roles, routes, listen, limits } = settingsOf(minimal);
  expect(issuers).toEqual([
    {
      ...issuer,
      algorithms: ["RS256", "ES256"],
      clockToleranceSeconds: 30,
      clientIdAsAudience: false,
      dpop: "accepted",
      dpopNonce: false,
    },
  ]);
  expect(roles).toEqual([
    {
      ...role,
      when: expect.objectContaining({ source: "true" }) as object,
      tags: [],
      transitiveTagKeys: [],
      durationSeconds: 3600,
      policy: [],
      policyArns: [],
      bindSourceIp: false,
    },
  ]);
  expect(routes).toMatchObject([
    { name: "GET /reports", scopes: [], timeoutMs: 900_000, headers: [], doors: new Set(["proxy", "grant"]) },
  ]);
  expect(routes[0]?.roles).toEqual(roles);
  expect(routes[0]?.restoreRemappedHeaders).toBe(false);
  expect(routes[0]).not.toHaveProperty("cors");
  expect(listen).toEqual({
    host: "0.0.0.0",
    port: 8080,
    adminPort: 8081,
    trustProxy: 0,
    drainMs: 930_000,
    drainMayCut: false,
  });
  expect(limits).toEqual({ bodyBytes: 6291456, bufferedBytes: 268435456, tokenBytes: 16384 });
});

test("the gateway's own origins are held in the spelling that URLs compare by", () => {
  const { listen } = settingsOf({ ...minimal, listen: { origins: ["https://API.example.com:443/"] } });
  expect(listen.origins).toEqual(["https://api.example.com"]);
});

test("null turns the audience check and the source identity off", () => {
  const document = {
    ...minimal,
    issuers: [{ ...issuer, audience: null }],
    roles: [{ ...role, sourceIdentity: null }],
  };
  const { issuers, roles } = settingsOf(document);
  expect(issuers[0]?.audience).toBeNull();
  expect(roles[0]?.sourceIdentity).toBeNull();
});

test("a route's roles stand in the order of the role table, whatever order the route names them in", () => {
  const roles = ["a", "b", "c"].map((name) => ({ ...role, name }));
  const { routes } = settingsOf({ ...minimal, roles, routes: [{ ...route, roles: ["c", "a"] }] });
  expect(routes[0]?.roles.map(({ name }) => name)).toEqual(["a", "c"]);
});

test("header names are lower case", () => {
  const { routes } = settingsOf({
    ...minimal,
    routes: [{ ...route, headers: { "X-Caller-Sub": "claims.sub" } }],
  });
  expect(routes[0]?.headers.map(({ name }) => name)).toEqual(["x-caller-sub"]);
});

test("$default is a route without segments", () => {
  const { routes } = settingsOf({ ...minimal, routes: [{ ...route, route: "$default" }] });
  expect(routes[0]).toMatchObject({ key: "$default", name: "$default", method: "ANY", segments: undefined });
});

describe("a statement", () => {
  const statementOf = (statement: object) => {
    const base = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
    const { roles } = settingsOf({ ...minimal, roles: [{ ...role, policy: [{ ...base, ...statement }] }] });
    return roles[0]?.policy[0];
  };

  test("has lists whether one value or several are written", () => {
    expect(statementOf({ Action: ["s3:Get*", "*"], Resource: ["a", "b"], Sid: "Read1" })).toEqual({
      Sid: "Read1",
      Effect: "Allow",
      Action: ["s3:Get*", "*"],
      Resource: [
        { literals: ["a"], slots: [] },
        { literals: ["b"], slots: [] },
      ],
      Condition: {},
    });
    expect(statementOf({})?.Action).toEqual(["s3:GetObject"]);
  });

  test("takes text, numbers and booleans as condition values", () => {
    const Condition = {
      StringEquals: { "aws:PrincipalTag/t": ["x", "${claims.t}"] },
      Bool: { "aws:SecureTransport": true },
      NumericLessThan: { "s3:max-keys": 10 },
    };
    expect(statementOf({ Condition })?.Condition).toEqual({
      StringEquals: {
        "aws:PrincipalTag/t": [
          { literals: ["x"], slots: [] },
          { literals: ["", ""], slots: [expect.objectContaining({ source: "claims.t" })] },
        ],
      },
      Bool: { "aws:SecureTransport": [{ literals: ["true"], slots: [] }] },
      NumericLessThan: { "s3:max-keys": [{ literals: ["10"], slots: [] }] },
    });
  });
});

test("JSON with tabs loads as YAML does", () => {
  expect(load(JSON.stringify(minimal, null, "\t")).ok).toBe(true);
});

describe("cors", () => {
  const corsOf = (cors: object | undefined, ownCors: object | null | undefined) => {
    const own = { ...route, ...(ownCors !== undefined && { cors: ownCors }) };
    return settingsOf({ ...minimal, routes: [own], ...(cors && { cors }) }).routes[0]?.cors;
  };
  const all = { origins: ["https://all.example"], maxAge: "1h" };
  const own = { origins: ["https://own.example"], credentials: true };

  test.each<[string, object | undefined, object | null | undefined, object | undefined]>([
    ["none", undefined, undefined, undefined],
    [
      "the top-level one",
      all,
      undefined,
      { origins: ["https://all.example"], credentials: false, maxAgeSeconds: 3600 },
    ],
    ["its own", all, own, { origins: ["https://own.example"], credentials: true, maxAgeSeconds: 600 }],
    [
      "its own, alone",
      undefined,
      own,
      { origins: ["https://own.example"], credentials: true, maxAgeSeconds: 600 },
    ],
    ["none, by null", all, null, undefined],
  ])("of a route is %s", (_what, top, mine, expected) => {
    expect(corsOf(top, mine)).toEqual(expected);
  });
});
