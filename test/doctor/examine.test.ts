// What a doctor makes of facts, where the twin cannot show them: other accounts, users with keys, load balancers, Fly.io.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { accept, refuse } from "../../server/core/result.js";
import { styleFor } from "../../server/cli/style.js";
import { examine } from "../../server/doctor/examine.js";
import { dryRunKey, type Facts, type FunctionFacts, type Unseen } from "../../server/doctor/facts.js";
import { identityOf } from "../../server/doctor/identity.js";
import { readFly } from "../../server/doctor/readers/read-fly.js";
import { reportText } from "../../server/doctor/text.js";
import {
  functionArn,
  gatewayArn,
  invokeStatements,
  roleArn,
  smallScope,
  statements,
  wellFacts,
  wellFunction,
  wellRole,
  wellUrl,
} from "./facts.js";

const idsOf = (bent: Partial<Facts>, scope = smallScope()): readonly string[] =>
  examine(scope, wellFacts(bent)).findings.map(({ id, severity }) => `${severity} ${id}`);

const denied = (needs: string) => refuse<Unseen>({ kind: "denied", needs, sentence: "no" });
const user = identityOf("arn:aws:iam::123456789012:user/ci");
const withTrust = (...trust: readonly object[]) => ({
  roles: new Map([[roleArn, accept({ ...wellRole, trust: statements(...trust) })]]),
});
const withRolePolicies = (...given: readonly object[]) => ({
  rolePolicies: new Map([[roleArn, accept(statements(...given))]]),
});

test("of what is well it says nothing", () => {
  const report = examine(smallScope(), wellFacts());
  expect(report).toMatchObject({ gateway: gatewayArn, findings: [], blind: [] });
});

describe("a trust policy as it reads, where nobody probed", () => {
  const all = ["sts:AssumeRole", "sts:SetSourceIdentity"];
  test.each([
    ["the account's root", { AWS: "arn:aws:iam::123456789012:root" }, []],
    ["the account's number", { AWS: "123456789012" }, []],
    ["everybody", "*", []],
    ["the session's own ARN", { AWS: gatewayArn }, []],
    ["the role with its path", { AWS: "arn:aws:iam::123456789012:role/apps/gateway" }, []],
    ["the same role of another account", { AWS: "arn:aws:iam::210987654321:role/gateway" }, all],
    ["a role whose name only begins so", { AWS: "arn:aws:iam::123456789012:role/gateway2" }, all],
    ["a user of that name", { AWS: "arn:aws:iam::123456789012:user/gateway" }, all],
    ["a service", { Service: "ecs-tasks.amazonaws.com" }, all],
  ])("with %s", (_title, Principal, missing) => {
    const trust = withTrust({ Effect: "Allow", Principal, Action: "sts:*" });
    const found = examine(smallScope(), wellFacts(trust)).findings.map(
      ({ problem }) => problem.split(" ")[0],
    );
    expect(found).toEqual(missing);
  });

  test("a rule without tags and source identity needs AssumeRole alone", () => {
    const one = withTrust({ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" });
    expect(idsOf(one, smallScope({ role: { sourceIdentity: null } }))).toEqual([]);
    expect(idsOf(one)).toEqual(["error set_source_identity_denied"]);
  });

  test("what STS answered counts more than what a policy seems to say", () => {
    const probes = new Map([["caller", { outcome: "ok" } as const]]);
    expect(idsOf({ ...withTrust(), probes })).toEqual([]);
  });

  test("within its account a role that is named needs no policy of its own, but for the source identity", () => {
    const none = { ownPolicies: accept([]) };
    expect(idsOf(none, smallScope({ role: { sourceIdentity: null } }))).toEqual([]);
    expect(idsOf(none)).toEqual(["error set_source_identity_denied"]);
  });

  test("what one side allows is missing on the other, though that one could not be read", () => {
    const probes = new Map([
      ["caller", { outcome: "denied", actions: ["sts:AssumeRole"], message: "m" } as const],
    ]);
    const roles = new Map([[roleArn, denied("iam:GetRole")]]);
    const [finding] = examine(smallScope(), wellFacts({ probes, roles })).findings;
    expect(finding?.problem).toMatch(/is not allowed by the trust policy of caller$/);
  });
});

test.each([
  [user, 3600, "1h", []],
  [user, 3600, "2h", ["error duration_above_maximum"]],
  [user, 7200, "2h", []],
  [identityOf(gatewayArn), 7200, "2h", ["warning duration_cut_by_chaining"]],
])("%j, at most %d s, asked for %s", (gateway, maxSessionSeconds, duration, found) => {
  const probes = new Map([["caller", { outcome: "ok" } as const]]);
  const roles = new Map([[roleArn, accept({ ...wellRole, maxSessionSeconds })]]);
  expect(idsOf({ gateway, probes, roles }, smallScope({ role: { duration } }))).toEqual(found);
});

test("a role that is not there is the one finding about it", () => {
  const absent = refuse<Unseen>({ kind: "absent", needs: "", sentence: "" });
  const gone = { roles: new Map([[roleArn, absent]]), ...withRolePolicies() };
  expect(idsOf(gone)).toEqual(["error role_unknown"]);
});

describe("the permission to call", () => {
  const [url, invoke] = invokeStatements;
  const every = { Effect: "Allow", Action: "lambda:*", Resource: "*" };
  const missing = ["error lambda_permission_missing"];
  test.each([
    ["a wildcard for both", [every], []],
    ["neither", [], missing],
    [
      "a Deny beside it",
      [every, { Effect: "Deny", Action: "lambda:Invoke*", Resource: functionArn }],
      missing,
    ],
    [
      "a Deny under a condition: who knows",
      [
        every,
        {
          Effect: "Deny",
          Action: "*",
          Resource: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
      [],
    ],
    [
      "a condition of somebody's own: who knows",
      [{ ...every, Condition: { StringEquals: { "aws:PrincipalTag/t": "x" } } }],
      [],
    ],
    ["NotAction: who knows", [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }], []],
    [
      "a URL that must be public",
      [invoke, { ...url, Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } } }],
      missing,
    ],
    ["another function", [{ ...every, Resource: `${functionArn}2` }], missing],
    [
      "the function without its alias",
      [{ ...every, Resource: functionArn.replace(":live", "") }],
      ["error lambda_permission_unqualified"],
    ],
  ])("%s", (_title, given, found) => {
    expect(idsOf(withRolePolicies(...(given as object[])))).toEqual(found);
  });

  test("the function's own policy is enough within an account, and may be where it could not be read", () => {
    const own = statements({
      Effect: "Allow",
      Principal: { AWS: roleArn },
      Action: "lambda:*",
      Resource: functionArn,
    });
    const withPolicy = (policy: Facts["ownPolicies"]) => ({
      ...withRolePolicies(),
      functions: new Map([[functionArn, { ...wellFunction, policy }]]),
    });
    expect(idsOf(withPolicy(accept(own)))).toEqual([]);
    // A Deny of the role's goes before it.
    const deny = withRolePolicies({ Effect: "Deny", Action: "lambda:*", Resource: "*" });
    expect(idsOf({ ...withPolicy(accept(own)), ...deny })).toEqual(missing);
    expect(idsOf(withPolicy(denied("lambda:GetPolicy")))).toEqual(["warning lambda_permission_missing"]);
  });

  test("the Invoke API has no URL: a statement for calls by way of one does not hold", () => {
    const scope = smallScope({ route: { target: { invoke: functionArn } } });
    expect(idsOf(withRolePolicies(...invokeStatements), scope)).toEqual(missing);
    expect(idsOf(withRolePolicies(every), scope)).toEqual([]);
  });
});

describe("a function of another account", () => {
  const theirs = functionArn.replace("123456789012", "210987654321");
  const scope = smallScope({
    route: { target: { functionUrl: "https://abc.lambda-url.eu-west-1.on.aws/", functionArn: theirs } },
  });
  const own = invokeStatements.map((statement) => ({ ...statement, Resource: theirs }));
  const letsIn = (AWS: string) =>
    accept(statements({ Effect: "Allow", Principal: { AWS }, Action: "lambda:*", Resource: theirs }));
  const seenWith = (policy: Facts["ownPolicies"], ...given: readonly object[]) => ({
    ...withRolePolicies(...given),
    functions: new Map([[theirs, { ...wellFunction, policy }]]),
  });

  test.each([
    ["both sides allow it", letsIn(roleArn), own, []],
    ["it lets the role's account in", letsIn("arn:aws:iam::123456789012:root"), own, []],
    ["only the role's policy allows it", accept([]), own, ["error lambda_permission_missing"]],
    ["only the function's allows it", letsIn(roleArn), [], ["error lambda_permission_missing"]],
    ["it lets another role in", letsIn(`${roleArn}2`), own, ["error lambda_permission_missing"]],
  ])("%s", (_title, policy, given, found) => {
    expect(idsOf(seenWith(policy, ...given), scope)).toEqual(found);
  });

  test("what is missing on its side is to be pasted there, for each action", () => {
    const { findings } = examine(scope, wellFacts(seenWith(accept([]), ...own)));
    expect(findings[0]?.paste?.into).toBe("Resources of the function's template");
    const permission = { FunctionName: theirs, Principal: roleArn };
    expect(parse(findings[0]?.paste?.text ?? "")).toEqual({
      GatewayPermission1: {
        Type: "AWS::Lambda::Permission",
        Properties: { ...permission, Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "AWS_IAM" },
      },
      GatewayPermission2: {
        Type: "AWS::Lambda::Permission",
        Properties: { ...permission, Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true },
      },
    });
  });

  test("a policy of its own that could not be read is told of, and is no finding", () => {
    const report = examine(scope, wellFacts(seenWith(denied("lambda:GetPolicy on the function"), ...own)));
    expect(report).toMatchObject({
      findings: [],
      blind: [{ where: ["routes[0] f"], sentence: "could not see: needs lambda:GetPolicy on the function" }],
    });
  });
});

test("a Deny in the function's own policy goes before what the role allows", () => {
  const policy = accept(
    statements({ Effect: "Deny", Principal: "*", Action: "lambda:InvokeFunctionUrl", Resource: functionArn }),
  );
  const [finding, ...more] = examine(
    smallScope(),
    wellFacts({ functions: new Map([[functionArn, { ...wellFunction, policy }]]) }),
  ).findings;
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ id: "lambda_permission_missing", severity: "error" });
  expect(finding?.problem).toContain("its own policy denies it");
  expect(finding).not.toHaveProperty("paste");
});

test("a Region whose Lambda knows nobody is a finding, once for all its routes", () => {
  const timeoutSeconds = refuse<Unseen>({ kind: "region", needs: "", sentence: "UnrecognizedClient" });
  const report = examine(
    smallScope(),
    wellFacts({ functions: new Map([[functionArn, { ...wellFunction, timeoutSeconds }]]) }),
  );
  expect(report).toMatchObject({ findings: [{ id: "region_unavailable", severity: "error" }], blind: [] });
  expect(report.findings[0]?.paste?.text).toContain("--region-name eu-west-1");
});

test("two rules of one role with tags of their own get a statement each", () => {
  const roles = [
    { name: "a", when: "true", roleArn, tags: { tenant: "claims.t" } },
    { name: "b", when: "true", roleArn, tags: { tenant: "claims.t", team: "claims.g" } },
  ];
  const scope = smallScope({ roles });
  const trust = withTrust({
    Effect: "Allow",
    Principal: "*",
    Action: ["sts:AssumeRole", "sts:SetSourceIdentity"],
  });
  const { findings } = examine(scope, wellFacts(trust));
  const keys = findings.map(({ where, paste }) => [
    where,
    /\[[^\]]*\]/.exec(paste?.text ?? "")?.[0]?.replace(/\s+/g, ""),
  ]);
  expect(keys).toEqual([
    [["roles[0] a"], '["tenant"]'],
    [["roles[1] b"], '["tenant","team"]'],
  ]);
});

describe("an authorizer that is a function, called as the gateway", () => {
  const authorizerArn = "arn:aws:lambda:eu-west-1:123456789012:function:authorizer";
  const scope = smallScope({
    route: { authorizer: "own" },
    authorizers: [{ name: "own", lambda: authorizerArn }],
  });
  const seenWith = (bent: Partial<FunctionFacts>): Pick<Facts, "functions"> => ({
    functions: new Map([
      [functionArn, wellFunction],
      [authorizerArn, { ...wellFunction, ...bent }],
    ]),
  });
  const well = seenWith({});
  const may = { Effect: "Allow", Action: ["sts:*", "lambda:InvokeFunction"], Resource: "*" };
  const gone = refuse<Unseen>({ kind: "absent", needs: "", sentence: "" });

  test.each<[string, Partial<Facts>, readonly string[]]>([
    ["it may", { ...well, ownPolicies: accept(statements(may)) }, []],
    ["it may not", well, ["error authorizer_permission_missing"]],
    ["it is not there", seenWith({ timeoutSeconds: gone }), ["error function_unknown"]],
    [
      "nothing is reserved for it",
      { ...seenWith({ reserved: accept(0) }), ownPolicies: accept(statements(may)) },
      ["error reserved_concurrency_zero"],
    ],
    [
      "Lambda said no, where policies could not be read",
      {
        ...well,
        ownPolicies: denied("iam:ListRolePolicies"),
        dryRuns: new Map([[dryRunKey("own", authorizerArn), accept(false)]]),
      },
      ["error authorizer_permission_missing"],
    ],
  ])("%s", (_title, bent, found) => {
    const probes = new Map([["caller", { outcome: "ok" } as const]]);
    const all = { probes, ...bent };
    expect(idsOf(all, scope)).toEqual(found);
    for (const { where } of examine(scope, wellFacts(all)).findings)
      expect(where).toEqual(["authorizers[0] own"]);
  });
});

describe("nothing that was not seen is taken for well", () => {
  const seen = (bent: Partial<FunctionFacts>): Partial<Facts> => ({
    functions: new Map([[functionArn, { ...wellFunction, ...bent }]]),
  });
  const look = denied("x:Y");
  test.each<[string, Partial<Facts>]>([
    ["the role", { roles: new Map([[roleArn, look]]) }],
    [
      "the role, though STS gave it",
      { roles: new Map([[roleArn, look]]), probes: new Map([["caller", { outcome: "ok" }]]) },
    ],
    ["the role's policies", { rolePolicies: new Map([[roleArn, look]]) }],
    ["the gateway's policies", { ownPolicies: look }],
    ["the URL", seen({ url: look })],
    ["the function's timeout", seen({ timeoutSeconds: look })],
    ["what is reserved", seen({ reserved: look })],
    ["the load balancer", { loadBalancer: look }],
  ])("%s", (_title, bent) => {
    const report = examine(smallScope(), wellFacts(bent));
    expect(report.findings).toEqual([]);
    expect(report.blind).toHaveLength(1);
    expect(report.blind[0]?.sentence).toBe("could not see: needs x:Y");
  });

  test("the clock of STS", () => {
    expect(examine(smallScope(), wellFacts({ clock: undefined })).blind).toHaveLength(1);
  });
});

test("what STS or Lambda answers repaints no terminal", () => {
  const escape = "\u001b[2J";
  const url = accept({
    ...wellUrl,
    url: `https://abc.lambda-url.eu-west-1.on.aws/${escape}`,
    authType: `NONE${escape}`,
  });
  const targetGroups = [{ name: `g${escape}`, deregistrationSeconds: 1 }];
  const facts = wellFacts({
    functions: new Map([[functionArn, { ...wellFunction, url }]]),
    loadBalancer: accept({ idleSeconds: 1, targetGroups }),
    issuers: new Map([["main", { outcome: "differs", sentence: escape, name: escape }]]),
    rolePolicies: new Map([[roleArn, refuse<Unseen>({ kind: "failed", needs: "", sentence: escape })]]),
  });
  const report = examine(smallScope(), facts);
  expect(report.findings.map(({ id }) => id)).toEqual([
    ...["issuer_differs", "function_url_public", "alb_idle_timeout", "alb_deregistration_delay"],
  ]);
  expect(reportText(report, styleFor({ isTerminal: false, env: {} }))).not.toContain("\u001b");
});

test.each([
  [30_999, "30s", []],
  [32_001, "30s", ["warning clock_skew"]],
  [-32_001, "30s", ["warning clock_skew"]],
  [301_001, "30s", ["error clock_skew"]],
])("a clock that is %d ms off", (ours, _tolerance, found) => {
  expect(idsOf({ clock: { ours, theirs: 0, tookMs: 0 } })).toEqual(found);
});

test("a slow answer is no wrong clock", () => {
  expect(idsOf({ clock: { ours: 33_000, theirs: 0, tookMs: 5_000 } })).toEqual([]);
});

test("a weak key is named, and serves nobody alone", () => {
  const { publicKey: weak } = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const { publicKey: good } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const keys = (...given: (typeof weak)[]) => ({
    issuers: new Map([["main", { outcome: "keys", keys: given.map((key) => ({ key })) } as const]]),
  });
  expect(idsOf(keys(good, weak))).toEqual(["warning issuer_key_weak"]);
  expect(idsOf(keys(weak))).toEqual(["error issuer_keys_unusable"]);
});

test.each([
  [901, 900, []],
  [900, 900, ["error alb_idle_timeout"]],
  [959, 900, []],
  [960, 900, ["error alb_idle_timeout"]],
  [959, 899, ["warning alb_deregistration_delay"]],
])(
  "a load balancer with %d s idle and %d s of deregistration",
  (idleSeconds, deregistrationSeconds, found) => {
    const loadBalancer = accept({ idleSeconds, targetGroups: [{ name: "g", deregistrationSeconds }] });
    expect(idsOf({ loadBalancer })).toEqual(found);
  },
);

const options = "[http_service.http_options]\n";
const port = "[[services]]\n[[services.ports]]\nport = 443\n";
const idle = ["warning fly_idle_timeout"];
test.each([
  [`kill_timeout = 300\n${options}idle_timeout = 959 # s\n`, []],
  [`kill_timeout = "5m"\n${options}  idle_timeout = 901`, []],
  [`kill_timeout = '5m0s'\r\n${options}idle_timeout = "15m30s"\r\n`, []],
  [`kill_timeout = '5m0s'\r\n${options}idle_timeout = "1h"\r\n`, idle],
  [`kill_timeout = "299s"\n${options}idle_timeout = 901`, ["warning fly_kill_timeout"]],
  [`kill_timeout = 300\n${options}idle_timeout = 900`, idle],
  ["# kill_timeout = 300\n[http_service]", ["warning fly_kill_timeout", ...idle]],
  // What stands in another table is another table's.
  [`${options}idle_timeout = 901\n[deploy]\nkill_timeout = 300`, ["warning fly_kill_timeout"]],
  ["kill_timeout = 300\nidle_timeout = 901\n[http_service]", idle],
  ["kill_timeout = 300\n[http_service]\nidle_timeout = 901", idle],
  ["kill_timeout = 300\n[env]\nidle_timeout = 901\n[http_service]", idle],
  [`kill_timeout = 300\n${options}idle_timeout = 901\n${port}handlers = ["tls", "http"]`, idle],
  [
    'kill_timeout = 300\n[http_service]\n[env]\nX = """\n[http_service.http_options]\nidle_timeout = 901\n"""',
    idle,
  ],
  // The same said otherwise.
  ["kill_timeout = 300\n[http_service]\nhttp_options.idle_timeout = 901", []],
  ["kill_timeout = 300\nhttp_service.http_options = { compress = true, idle_timeout = 901 }", []],
  [
    `kill_timeout = 300\n${port}handlers = [ # both\n"tls",\n'http', ]\nhttp_options = {idle_timeout = 901}`,
    [],
  ],
  // Two ports, and one of them lacks it; one without HTTP, or without an answer of the gateway's, needs none.
  [
    `kill_timeout = 300\n${port}handlers = ["http"]\n[services.ports.http_options]\nidle_timeout = 901\n[[services.ports]]\nhandlers = ["http"]`,
    idle,
  ],
  [
    `kill_timeout = 300\n${port}handlers = ["http"]\nhttp_options.idle_timeout = 901\n[[services.ports]]\nhandlers = ["tls"]\n[[services.ports]]\nhandlers = ["http"]\nforce_https = true`,
    [],
  ],
])("fly.toml with %j", (toml, found) => {
  const fly = readFly("fly.toml", toml);
  expect(idsOf({ fly })).toEqual(found);
  expect(examine(smallScope(), wellFacts({ fly })).blind).toEqual([]);
});

test.each([
  ["a line that is no TOML", "kill_timeout = 1\n[http_service\n", "line 2 is not understood"],
  ["a value that is none", "kill_timeout = 5m\n", "line 1 is not understood"],
  ["a key that stands twice", "kill_timeout = 1\nkill_timeout = 300\n", "line 2 is not understood"],
  ["a table that stands twice", "[a]\n[b]\n[a]\n", "line 3 is not understood"],
  ["a string that does not end", 'a = """\n\n', "line 1 is not understood"],
  ["lists without end", `a = ${"[".repeat(100_000)}`, "line 1 is not understood"],
  ["inline tables without end", `a = ${"{a=".repeat(100_000)}`, "line 1 is not understood"],
  ["JSON", '{ "kill_timeout": 1 }', "line 1 is not understood"],
])("of fly.toml with %s nothing is believed", (_title, toml, why) => {
  const { findings, blind } = examine(smallScope(), wellFacts({ fly: readFly("fly.toml", toml) }));
  expect(findings).toEqual([]);
  expect(blind).toEqual([{ where: ["fly.toml"], sentence: `could not see: ${why}` }]);
});

test.each([
  ["fly.toml without idle_timeout", "[http_service]", []],
  ["one that keeps connections longer than the gateway", `${options}idle_timeout = 960`, idle],
])("where no call is proxied none is silent: %s", (_title, toml, found) => {
  const scope = smallScope({ route: { doors: ["grant"] } });
  expect(idsOf({ fly: readFly("fly.toml", toml) }, scope)).toEqual(found);
});

test("a fly.toml without a service that speaks HTTP is no clean bill", () => {
  const fly = readFly("fly.toml", `kill_timeout = 300\n${port}handlers = ["tls"]\n`);
  const sentence = 'could not see: no [http_service], and no [[services.ports]] with "http"';
  expect(examine(smallScope(), wellFacts({ fly }))).toMatchObject({
    findings: [],
    blind: [{ where: ["fly.toml"], sentence }],
  });
});

test("the fly.toml that is deployed lets the longest call through", () => {
  const file = "deploy/fly/fly.toml";
  expect(idsOf({ fly: readFly(file, readFileSync(file, "utf8")) })).toEqual([]);
});

test("a duration of fly.toml that is not understood is told of, and is no finding", () => {
  const fly = readFly("fly.toml", `kill_timeout = "soon"\n${options}idle_timeout = [1]`);
  expect(examine(smallScope(), wellFacts({ fly }))).toMatchObject({
    findings: [],
    blind: [
      { where: ["fly.toml"], sentence: "could not see: kill_timeout is no duration that is known here" },
      {
        where: ["fly.toml"],
        sentence:
          "could not see: idle_timeout of [http_service.http_options] is no duration that is known here",
      },
    ],
  });
});

test("what could not be seen is told once, with the permission that it needs, and is no finding", () => {
  const look = denied("lambda:GetFunctionUrlConfig on f");
  const report = examine(
    smallScope(),
    wellFacts({
      functions: new Map([[functionArn, { ...wellFunction, url: look, timeoutSeconds: look }]]),
      roles: new Map([[roleArn, denied("iam:GetRole on r")]]),
    }),
  );
  expect(report.findings).toEqual([]);
  expect(report.blind).toEqual([
    { where: ["roles[0] caller"], sentence: "could not see: needs iam:GetRole on r" },
    { where: ["routes[0] f"], sentence: "could not see: needs lambda:GetFunctionUrlConfig on f" },
  ]);
});
