import type { Explanation } from "../../server/cli/explanation.js";
import { adminRole, alice, analystRole, configuration, ownerRole, reportsRoute } from "./configurations.js";
import { grantway, newYear, type World } from "./run-grantway.js";

const explain = async (argv: readonly string[], claims: object = alice, document: object = configuration) => {
  const files = { "gateway.yaml": document, "c.json": claims };
  const ran = await grantway(["explain", "--claims", "c.json", "--json", ...argv], { files });
  return { status: ran.status, ...(JSON.parse(ran.out) as Explanation) };
};

const reports = ["--route", "GET /reports/7"];

const denialOf = ({ answer }: Pick<Explanation, "answer">) =>
  answer.granted ? undefined : answer.denial.reason;

describe("a call that is granted", () => {
  test("gets the exact AssumeRole input, and exit status 0", async () => {
    const { status, answer } = await explain(reports);
    expect(status).toBe(0);
    expect(answer).toMatchObject({
      granted: true,
      rule: "analyst",
      headers: { "x-caller": "alice@example.com" },
      assumeRole: {
        RoleArn: analystRole.roleArn,
        RoleSessionName: "alice@example.com",
        SourceIdentity: "alice@example.com",
        DurationSeconds: 3600,
        Tags: [{ Key: "tenant", Value: "acme" }],
        TransitiveTagKeys: ["tenant"],
      },
    });
  });

  test("names the route, its parameters, the issuer and what was taken for granted", async () => {
    const { route, token, at } = await explain(reports);
    expect(at).toBe("2026-01-01T00:00:00Z");
    expect(route).toEqual({
      found: true,
      key: "GET /reports/{id}",
      name: "reports",
      door: "proxy",
      params: { id: "7" },
      target: {
        kind: "functionUrl",
        url: "https://abc.lambda-url.eu-west-1.on.aws/",
        arn: "arn:aws:lambda:eu-west-1:123456789012:function:reports",
      },
    });
    expect(token).toMatchObject({ from: "claims", issuer: "main", assumed: ["iss", "aud", "exp"] });
  });

  test("tells of each rule why it matches or not", async () => {
    expect((await explain(reports)).rules).toEqual([
      { rule: "admin", when: adminRole.when, outcome: "does not match", cause: "is false" },
      { rule: "analyst", when: analystRole.when, outcome: "matches" },
      { rule: "owner", when: ownerRole.when, outcome: "not asked" },
    ]);
  });

  test("tells every slot's expression and value, those of its own door only", async () => {
    const slots = async (...door: string[]) =>
      (await explain([...reports, ...door])).slots?.map(({ slot, value }) => [slot, value]);
    expect(await slots()).toEqual([
      ["sessionName", "alice@example.com"],
      ["tags.tenant", "acme"],
      ["headers.x-caller", "alice@example.com"],
    ]);
    expect(await slots("--door", "grant")).toEqual([
      ["sessionName", "alice@example.com"],
      ["tags.tenant", "acme"],
      ["policy[0].Resource", "acme"],
    ]);
  });

  test("at the grant door carries the rule's policy; the line /grant/reports says the same", async () => {
    const granted = await explain([...reports, "--door", "grant"]);
    const byName = await explain(["--route", "POST /grant/reports"]);
    expect(JSON.stringify(granted.answer)).toContain("arn:aws:s3:::reports/acme/*");
    expect(granted.answer).toEqual(byName.answer);
    expect(granted.route).toMatchObject({ door: "grant", params: {} });
  });
});

describe("the /sts door", () => {
  const one = { ...configuration, routes: [reportsRoute] };

  test("gives what the grant door of the same route gives", async () => {
    const granted = await explain(["--route", "POST /grant/reports"]);
    const atSts = await explain(["--route", "POST /sts/reports"]);
    expect(atSts.answer).toEqual(granted.answer);
    expect(atSts.route).toMatchObject({ name: "reports", door: "grant" });
    expect((await explain(["--route", "POST /sts"], alice, one)).answer).toEqual(granted.answer);
  });

  test("of several routes asks which one", async () => {
    const files = { "gateway.yaml": configuration, "c.json": alice };
    const { status, err } = await grantway(["explain", "--claims", "c.json", "--route", "POST /sts"], {
      files,
    });
    expect(status).toBe(64);
    expect(err).toContain('/sts means 2 routes here; name one: --route "POST /sts/reports"');
  });

  test.each([
    ["GET /sts/reports", "method_not_allowed"],
    ["POST /sts/other", "route_unknown"],
    ["POST /sts/reports/x", "route_unknown"],
  ])("%s is refused: %s", async (call, reason) => {
    expect(denialOf(await explain(["--route", call]))).toBe(reason);
  });

  test("of a route with a custom authorizer says so", async () => {
    const own = {
      ...configuration,
      authorizers: [{ name: "own", lambda: "arn:aws:lambda:eu-west-1:123456789012:function:own" }],
      routes: [{ ...reportsRoute, scopes: [], authorizer: "own" }],
    };
    const { route } = await explain(["--route", "POST /sts/reports"], alice, own);
    const why = "a custom authorizer reads no web identity token";
    expect(route).toEqual({ found: false, others: [{ key: "GET /reports/{id}", why }] });
  });

  test("of a route without a grant door says so", async () => {
    const closed = { ...configuration, routes: [{ ...reportsRoute, doors: ["proxy"] }] };
    const { route } = await explain(["--route", "POST /sts/reports"], alice, closed);
    expect(route).toEqual({
      found: false,
      others: [{ key: "GET /reports/{id}", why: "it has no grant door" }],
    });
  });
});

describe("a call that is refused", () => {
  test.each([
    ["no rule", reports, { ...alice, groups: [], sub: "x" }, "role_not_granted", 403],
    ["no scope", reports, { ...alice, scope: "other" }, "scope_insufficient", 403],
    ["a slot without a value", reports, { ...alice, tenant: 7 }, "claim_unrepresentable", 403],
    ["no subject", reports, { ...alice, sub: undefined }, "token_claim_invalid", 401],
    ["another audience", reports, { ...alice, aud: "x" }, "token_audience_invalid", 401],
    ["another issuer", reports, { ...alice, iss: "https://x.example" }, "token_issuer_unknown", 401],
    ["a claim of the past", reports, { ...alice, exp: 1 }, "token_expired", 401],
    ["no such path", ["--route", "GET /x"], alice, "route_unknown", 404],
    ["another method", ["--route", "PUT /reports/7"], alice, "method_not_allowed", 405],
    ["a path that cannot be sent", ["--route", "GET /reports/.."], alice, "target_invalid", 400],
  ])("for %s", async (_, argv, claims, reason, problemStatus) => {
    const { status, answer } = await explain(argv, claims);
    expect(status).toBe(1);
    expect(answer).toMatchObject({ granted: false, denial: { reason }, problem: { status: problemStatus } });
  });

  test("tells of each route why it was not found", async () => {
    const others = async (call: string, document = configuration) => {
      const { route } = await explain(["--route", call], alice, document);
      return route.found ? [] : route.others.map(({ why }) => why);
    };
    expect(await others("PUT /reports/7")).toEqual(["it takes GET only", "the path does not fit"]);
    expect(await others("POST /grant/other")).toEqual([
      "its grant door is /grant/reports",
      "its grant door is /grant/admin",
    ]);
    const closed = { ...configuration, routes: [{ ...reportsRoute, doors: ["grant"] }] };
    expect(await others("GET /reports/7", closed)).toEqual(["it has no proxy door"]);
    const proxyOnly = { ...configuration, routes: [{ ...reportsRoute, doors: ["proxy"] }] };
    expect(await others("GET /grant/reports", proxyOnly)).toEqual(["it has no grant door"]);
  });

  test("says what the caller sees and, on an expired token, how to go on", async () => {
    const files = { "gateway.yaml": configuration, "c.json": { ...alice, exp: 1 } };
    const { out } = await grantway(["explain", "--claims", "c.json", ...reports], { files });
    expect(out).toContain("the caller sees 401 token_invalid: The bearer token is not accepted.");
    expect(out).toContain("--at TIME explains it");
  });
});

test("a route whose proxy door is shut is explained at its grant door", async () => {
  const document = { ...configuration, routes: [{ ...reportsRoute, doors: ["grant"] }] };
  expect(denialOf(await explain(reports, alice, document))).toBe("route_unknown");
  expect(denialOf(await explain([...reports, "--door", "grant"], alice, document))).toBeUndefined();
});

test("a route whose grant door is shut is refused there", async () => {
  const document = { ...configuration, routes: [{ ...reportsRoute, doors: ["proxy"] }] };
  expect(denialOf(await explain([...reports, "--door", "grant"], alice, document))).toBe("route_unknown");
});

test("a rule that the route does not allow is told as such", async () => {
  const { rules } = await explain(["--route", "GET /admin/x"], { ...alice, groups: ["admins"] });
  expect(rules?.map(({ outcome }) => outcome)).toEqual(["matches", "not on this route", "not on this route"]);
});

test("--at moves the clock", async () => {
  const claims = { ...alice, exp: newYear / 1000 + 600 };
  const statusAt = async (time: string) => (await explain([...reports, "--at", time], claims)).status;
  expect(await statusAt("2026-01-01T00:10:29Z")).toBe(0);
  expect(await statusAt("2026-01-01T00:10:30Z")).toBe(1);
});

describe("the issuer of bare claims", () => {
  const second = { name: "partner", issuer: "https://partner.example.com", audience: null };
  const two = { ...configuration, issuers: [...configuration.issuers, second] };

  test.each([
    ["the only one", [], {}, configuration, "main"],
    ["told by iss", [], { iss: "https://partner.example.com" }, two, "partner"],
    ["told by --issuer", ["--issuer", "partner"], {}, two, "partner"],
  ])("is %s", async (_, argv, claims, document, issuer) => {
    const { status, token } = await explain([...reports, ...argv], { ...alice, ...claims }, document);
    expect([status, token?.issuer]).toEqual([0, issuer]);
  });

  test.each([
    ["one of several is meant", [], {}],
    ["--issuer is no one's name", ["--issuer", "x"], {}],
    ["iss contradicts --issuer", ["--issuer", "partner"], { iss: "https://login.example.com/" }],
  ])("is not guessed where %s", async (_, argv, claims) => {
    expect((await explain([...reports, ...argv], { ...alice, ...claims }, two)).status).toBe(1);
  });
});

test("claims of an issuer that is not told name the option that tells it", async () => {
  const second = { name: "partner", issuer: "https://partner.example.com", audience: null };
  const two = { ...configuration, issuers: [...configuration.issuers, second] };
  const { answer } = await explain(reports, alice, two);
  expect(JSON.stringify(answer)).toContain("--issuer (in a case: issuer) names one of main, partner");
});

test("a gateway on a user's access key gets longer sessions than one on a role", async () => {
  const document = { ...configuration, roles: [{ ...analystRole, duration: "4h" }], routes: [reportsRoute] };
  const seconds = async (...argv: string[]) => {
    const { answer } = await explain([...reports, ...argv], alice, document);
    return answer.granted ? answer.assumeRole.DurationSeconds : undefined;
  };
  expect(await seconds()).toBe(3_600);
  expect(await seconds("--long-term-key")).toBe(14_400);
});

test("a rule bound to the caller's address asks for --source-ip", async () => {
  const document = {
    ...configuration,
    roles: [{ ...analystRole, bindSourceIp: true }],
    routes: [reportsRoute],
  };
  const grant = [...reports, "--door", "grant"];
  expect(denialOf(await explain(grant, alice, document))).toBe("claim_unrepresentable");
  const { answer } = await explain([...grant, "--source-ip", "203.0.113.7"], alice, document);
  expect(JSON.stringify(answer)).toContain("203.0.113.7");
});

describe("the command line", () => {
  const files: World["files"] = {
    "gateway.yaml": configuration,
    "c.json": alice,
    "list.json": "[]",
    "jwt.txt": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzZWNyZXQifQ.c2VjcmV0",
  };
  test.each([
    [[], "--route"],
    [["--route", "reports", "--claims", "c.json"], "such as"],
    [["--route", "get /", "--claims", "c.json"], "such as"],
    [[...reports], "give exactly one of --token, --token-file and --claims"],
    [[...reports, "--claims", "c.json", "--token", "x"], "give exactly one of --token"],
    [[...reports, "--claims", "none.json"], "--claims cannot be read"],
    [[...reports, "--claims", "list.json"], "must be a file with a JSON object"],
    [[...reports, "--claims", "jwt.txt"], "must be a file with a JSON object"],
    [[...reports, "--token", "x", "--issuer", "main"], "--issuer goes with --claims"],
    [[...reports, "--claims", "c.json", "--door", "side"], "--door must be"],
    [[...reports, "--claims", "c.json", "--at", "noon"], "--at must be a time"],
    [[...reports, "--claims", "c.json", "--env", "X"], "--env takes NAME=VALUE"],
    [[...reports, "--claims", "c.json", "c2VjcmV0"], "it takes no argument"],
  ])("%j is wrong usage", async (argv, sentence) => {
    const { status, out, err } = await grantway(["explain", ...argv], { files });
    expect([status, out]).toEqual([64, ""]);
    expect(err).toContain(sentence);
    expect(err).not.toContain("c2VjcmV0");
    expect(err.trimEnd().split("\n")).toHaveLength(1);
  });

  test("a bad configuration is 78", async () => {
    const broken = { files: { ...files, "gateway.yaml": {} } };
    expect((await grantway(["explain", ...reports, "--claims", "c.json"], broken)).status).toBe(78);
  });
});

test("the text for a reader has every step, the policy laid out, and colours on a terminal only", async () => {
  const files = { "gateway.yaml": configuration, "c.json": alice };
  const argv = ["explain", ...reports, "--claims", "c.json"];
  const { out } = await grantway(argv, { files });
  for (const line of [
    "GET /reports/7 at 2026-01-01T00:00:00Z, by gateway.yaml\n",
    '  ✓ reports (GET /reports/{id}), proxy door, id = "7"\n    functionUrl: https://abc.lambda-url.eu-west-1.on.aws/\n',
    "  ✓ issuer      main (https://login.example.com/)\n",
    "  ✓ scopes: one of reports:read; has reports:read\n",
    '  ✗ admin    does not match, is false  "admins" in claims.groups\n',
    '  tags.tenant       "acme"               claims.tenant\n',
    '          "Action": "lambda:InvokeFunctionUrl",\n',
    "    x-caller: alice@example.com\n",
    "granted by rule analyst: a session of arn:aws:iam::123456789012:role/reports-invoker as alice@example.com\n",
  ]) {
    expect(out).toContain(line);
  }
  expect(out).not.toContain("\u001b");
  expect((await grantway(argv, { files, isTerminal: true })).out).toContain("\u001b[32m✓\u001b[39m");
});

test("a hostile claim cannot paint the terminal", async () => {
  const hostile = { ...alice, email: "a\u001b[2J\u009b", scope: "reports:read \u001b]0;x\u0007" };
  const files = { "gateway.yaml": configuration, "c.json": hostile };
  const { out } = await grantway(["explain", ...reports, "--claims", "c.json"], { files });
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test("slots of the role's ARN, the source identity and a condition are told as well", async () => {
  const rule = {
    ...analystRole,
    roleArn: "arn:aws:iam::123456789012:role/tenant-${claims.tenant}",
    roleArnPattern: "arn:aws:iam::123456789012:role/tenant-*",
    sourceIdentity: "claims.missing",
    policy: [
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "*",
        Condition: { StringEquals: { "s3:prefix": "${claims.sub}" } },
      },
    ],
  };
  const document = { ...configuration, roles: [rule], routes: [reportsRoute] };
  const { slots, answer } = await explain([...reports, "--door", "grant"], alice, document);
  expect(slots?.map(({ slot, value, fault }) => [slot, value ?? fault])).toEqual([
    ["roleArn", "acme"],
    ["sessionName", "alice@example.com"],
    ["sourceIdentity", "No such key: missing"],
    ["tags.tenant", "acme"],
    ["policy[0].Condition.StringEquals.s3:prefix", "alice"],
  ]);
  expect(denialOf({ answer })).toBe("claim_unrepresentable");
});

test("a claim that no header can carry refuses the call, as the proxy door would", async () => {
  const document = { ...configuration, routes: [{ ...reportsRoute, headers: { "x-list": "claims.list" } }] };
  const { status, answer } = await explain(reports, { ...alice, list: ["a"] }, document);
  expect([status, denialOf({ answer })]).toEqual([1, "claim_unrepresentable"]);
});

describe("the other kinds of target", () => {
  const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:jobs:live";
  const stageUrl = "https://abc123.execute-api.eu-west-1.amazonaws.com/prod";
  const leadingTo = (target: object, doors = ["proxy"]) => ({
    ...configuration,
    routes: [{ ...reportsRoute, target, doors }],
  });
  const policyOf = ({ answer }: Explanation) =>
    JSON.parse(answer.granted ? (answer.assumeRole.Policy ?? "{}") : "{}") as { Statement: object[] };

  test("a stage is told with its ARN and the policy for method and path", async () => {
    const explained = await explain(reports, alice, leadingTo({ executeApi: stageUrl }));
    const arn = "arn:aws:execute-api:eu-west-1:*:abc123/prod";
    expect(explained.route).toMatchObject({ target: { kind: "executeApi", url: `${stageUrl}/`, arn } });
    expect(policyOf(explained).Statement).toEqual([
      { Effect: "Allow", Action: "execute-api:Invoke", Resource: `${arn}/GET/reports/*` },
    ]);
  });

  test("a function behind the Invoke API is told with its mode, its tenant and its policy", async () => {
    const target = { invoke: functionArn, mode: "Event", raw: true, tenantId: "claims.tenant" };
    const document = { ...leadingTo(target), routes: [{ ...leadingTo(target).routes[0], headers: {} }] };
    const explained = await explain(reports, alice, document);
    expect(explained.route).toMatchObject({
      target: { kind: "invoke", arn: functionArn, mode: "Event", raw: true },
    });
    expect(explained.answer).toMatchObject({ granted: true, tenantId: "acme" });
    expect(explained.slots).toContainEqual({
      slot: "target.tenantId",
      expression: "claims.tenant",
      value: "acme",
    });
    expect(policyOf(explained).Statement).toEqual([
      { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: functionArn },
    ]);
    const files = { "gateway.yaml": document, "c.json": alice };
    const { out } = await grantway(["explain", ...reports, "--claims", "c.json"], { files });
    expect(out).toContain(
      "    invoke, Event, raw: https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/",
    );
    expect(out).toContain("  Tenant of the function  acme\n");
  });

  test("a tenant that Lambda would not take refuses the call, as the gateway does", async () => {
    const document = leadingTo({ invoke: functionArn, tenantId: "claims.tenant" });
    const explained = await explain(reports, { ...alice, tenant: "a?" }, document);
    expect(explained.answer).toMatchObject({
      granted: false,
      denial: { reason: "claim_unrepresentable", slot: "target.tenantId" },
    });
  });
});
