// Which session a caller gets who asks for a role: on the very file that `npm run local` runs, and at the edges.
import { readFileSync } from "node:fs";
import { authorize } from "../server/authorize.js";
import { authorizeWebIdentity } from "../server/authorize-web-identity.js";
import { loadConfiguration } from "../server/config/load.js";
import type { Principal, Route, SessionSpec } from "../server/core/model.js";
import { accept, type Result } from "../server/core/result.js";
import { cel, statementWith, template } from "./fixtures/expression.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { roleRuleWith } from "./fixtures/role-rule.js";
import { routeWith } from "./fixtures/route.js";

const at = (port: number) => `http://127.0.0.1:${port}`;
const env = {
  ISSUER_URL: at(4000),
  AWS_ENDPOINT: at(4566),
  DEMO_ORIGIN: at(3000),
  HELLO_URL: at(5001),
  LONG_URL: at(5002),
  ECHO_URL: at(5003),
  CONTAINER_URL: at(5004),
  CALL_API_URL: at(5005),
  API_URL: `${at(5006)}/prod`,
  API_ARN: "arn:aws:execute-api:eu-west-1:123456789012:abcdefghij/prod",
};
const local = (): readonly Route[] =>
  accepted(
    loadConfiguration({
      file: "deploy/local/gateway.yaml",
      env,
      readFile: (path) => readFileSync(path, "utf8"),
    }),
  ).routes;

const roleArn = "arn:aws:iam::123456789012:role/reports-invoker";
const request = {
  action: "AssumeRoleWithWebIdentity",
  roleArn,
  webIdentityToken: "not looked at here",
} as const;

interface Asked {
  readonly roleArn?: string;
  readonly durationSeconds?: number;
  readonly policy?: string;
}

const ask = (
  routes: readonly Route[],
  asked: Asked = {},
  principal: Principal = principalWith(),
): Result<SessionSpec> => {
  const authorized = authorizeWebIdentity(
    { request: { ...request, ...asked }, routes, principal, now, clientAddress: "203.0.113.7" },
    authorize,
  );
  return authorized.ok ? accept(authorized.value.spec) : authorized;
};

const functionRoute = (name: string, overrides: Partial<Route> = {}): Route =>
  routeWith(`ANY /${name}`, {
    name,
    target: {
      ...routeWith("$default").target,
      kind: "functionUrl",
      functionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}:live`,
    },
    ...overrides,
  });

describe("deploy/local/gateway.yaml", () => {
  const alice = principalWith({ groups: ["analysts"], tenant: "acme" });
  const analyst = { roleArn: "arn:aws:iam::123456789012:role/grantway-analyst" };
  const routes = local().filter(({ doors, authorizer }) => doors.has("grant") && !authorizer);
  const soonOver = { ...alice, expiresAt: now / 1000 + 600 };

  test.each([
    ["as it is", alice],
    ["with the token's end in it", soonOver],
  ])("gives alice one session for all of its routes: %s", (_, principal) => {
    const spec = accepted(ask(routes, analyst, principal));
    expect(routes.length).toBeGreaterThanOrEqual(8);
    expect(spec).toMatchObject({ rule: "analyst", ...analyst, durationSeconds: 3600 });
    const { Statement: statements } = JSON.parse(spec.policy) as { Statement: object[] };
    expect(statements.length).toBeLessThanOrEqual(6);
    // Room for some routes more.
    expect(spec.policy.length).toBeLessThanOrEqual(1900);
  });
});

describe("the role that is asked for", () => {
  const mine = functionRoute("reports");
  const rule = roleRuleWith({
    name: "auditor",
    when: cel('claims.sub == "carol"', "bool"),
    roleArn: "arn:aws:iam::123456789012:role/auditor",
  });
  const hers = functionRoute("audit", { roles: [rule] });

  test.each([
    ["of another rule", "arn:aws:iam::123456789012:role/auditor"],
    ["made up", "arn:aws:iam::123456789012:role/nobodys"],
    ["in another spelling", roleArn.toUpperCase()],
    ["one letter longer", `${roleArn}s`],
    ["one letter shorter", roleArn.slice(0, -1)],
    ["without its first letter", roleArn.slice(1)],
    ["the account's alone", "arn:aws:iam::123456789012:role/"],
    ["empty", ""],
    ["a pattern", "arn:aws:iam::123456789012:role/*"],
  ])("is refused where it is %s", (_, other) => {
    for (const routes of [[mine], [hers], [mine, hers]]) {
      expect(refused(ask(routes, { roleArn: other }))).toMatchObject({ reason: "role_not_granted" });
    }
  });

  test("is the rule's to the letter", () => {
    expect(accepted(ask([mine, functionRoute("audit")])).roleArn).toBe(roleArn);
  });

  test("is found on the routes that give it, and the others stay out", () => {
    const scoped = functionRoute("scoped", { scopes: ["reports:all"] });
    const { policy } = accepted(ask([hers, mine, scoped]));
    expect(policy).toContain("function:reports:live");
    expect(policy).not.toMatch(/function:(?:audit|scoped):live/);
  });

  test("on one route gives the very spec of the grant door, and so its session", () => {
    const spec = accepted(ask([mine]));
    const granted = accepted(authorize({ route: mine, door: "grant", params: {} }, principalWith(), now));
    expect(JSON.stringify(spec)).toBe(JSON.stringify(granted));
  });
});

describe("the routes of one role", () => {
  const [a, b] = [functionRoute("a"), functionRoute("b")];
  const unlike = (overrides: Parameters<typeof roleRuleWith>[0]) =>
    functionRoute("b", { roles: [roleRuleWith(overrides)] });

  test.each([
    ["another session name", unlike({ sessionName: cel('"x"') })],
    ["another tag", unlike({ tags: [{ key: "tenant", value: cel('"acme"') }] })],
    ["another duration", unlike({ durationSeconds: 900 })],
    ["another rule's name", unlike({ name: "second" })],
    ["an external id", unlike({ externalId: "e1" })],
    ["managed policies", unlike({ policyArns: ["arn:aws:iam::123456789012:policy/more"] })],
    [
      "something that it denies",
      unlike({
        policy: [{ ...statementWith({ Resource: [template("*")] }), Effect: "Deny" }],
      }),
    ],
  ])("need to be named where one of them has %s", (_, other) => {
    expect(refused(ask([a, other]))).toMatchObject({ reason: "sts_route_ambiguous" });
    expect(ask([other]).ok).toBe(true);
  });

  test("are one session where they differ in their policies alone", () => {
    const { policy, ...rest } = accepted(ask([a, b]));
    const { policy: ofA, ...restOfA } = accepted(ask([a]));
    expect(rest).toEqual(restOfA);
    expect(policy.length).toBeLessThan(2 * ofA.length);
  });

  test("are too many where their policy has more than 2,048 characters", () => {
    const many = (count: number) => Array.from({ length: count }, (_, at) => functionRoute(`report-${at}`));
    const most = [...Array(60).keys()].findLast((count) => count > 0 && ask(many(count)).ok) ?? 0;
    expect(accepted(ask(many(most))).policy.length).toBeGreaterThan(1900);
    expect(refused(ask(many(most + 1)))).toMatchObject({ reason: "session_too_large", slot: "policy" });
    // A policy of the caller's makes it small again.
    expect(ask(many(most + 1), { policy: callOf("report-0") }).ok).toBe(true);
  });
});

const callOf = (name: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Action: "lambda:InvokeFunctionUrl",
      Resource: `arn:aws:lambda:eu-west-1:123456789012:function:${name}:live`,
    },
  });

describe("what the caller asks for", () => {
  const route = functionRoute("reports");

  test.each([
    [undefined, 3600],
    [900, 900],
    [3599, 3599],
    [3600, 3600],
    [43_200, 3600],
  ])("DurationSeconds %s gives %i where the rule has an hour", (durationSeconds, expected) => {
    const asked = durationSeconds === undefined ? {} : { durationSeconds };
    expect(accepted(ask([route], asked)).durationSeconds).toBe(expected);
  });

  test("a narrower policy makes another spec, so another session", () => {
    const [plain, narrowed] = [ask([route]), ask([route], { policy: callOf("reports") })].map(accepted);
    expect(narrowed?.policy).not.toBe(plain?.policy);
    expect(narrowed?.policy).not.toContain('lambda:InvokeFunction"');
    expect({ ...narrowed, policy: "" }).toEqual({ ...plain, policy: "" });
  });

  test("no policy of his is taken where the rule has managed ones: they may deny what his would allow", () => {
    const policyArns = ["arn:aws:iam::123456789012:policy/more"];
    const managed = functionRoute("reports", { roles: [roleRuleWith({ policyArns })] });
    expect(accepted(ask([managed])).policyArns).toEqual(policyArns);
    expect(refused(ask([managed], { policy: callOf("reports") }))).toEqual({
      reason: "sts_request_refused",
      code: "AccessDenied",
      cause: "Policy: it cannot narrow a session with managed policies (policyArns of the rule): send none.",
    });
  });

  test.each([
    ["wider", callOf("payroll"), "AccessDenied"],
    ["no policy", "{}", "MalformedPolicyDocument"],
    ["empty", "", "MalformedPolicyDocument"],
    ["of 2,049 characters", callOf("reports").padEnd(2049), "MalformedPolicyDocument"],
  ])("a policy that is %s is refused, and not quoted", (_, policy, code) => {
    const denial = refused(ask([route], { policy }));
    expect(denial).toMatchObject({ reason: "sts_request_refused", code });
    expect(JSON.stringify(denial)).not.toMatch(/payroll|lambda:/);
  });
});
