// The doctor against the twin, which loads the template that is deployed: well as it is; with one thing broken it names
// that one and nothing else, and what it says to paste mends it.
import { readFileSync } from "node:fs";
import { startOpenIdProvider, type OpenIdProvider } from "../../deploy/local/issuer/openid-provider.js";
import type { Finding } from "../../server/doctor/finding.js";
import { inLists, inLong, lambdaAuthorizer, trustOf } from "./edits.js";
import { withTwin, type BrokenAws, type Edit, type Visit } from "./twin.js";

let issuer: OpenIdProvider;
beforeAll(async () => {
  issuer = await startOpenIdProvider({ port: 0 });
});
afterAll(() => issuer.close());

/** One error or warning, and no more. */
async function onlyFinding(broken: BrokenAws, visit?: Visit): Promise<Finding> {
  const found: Finding[] = [];
  await withTwin(issuer, broken, async ({ report }) => {
    const examined = await report(visit);
    expect(examined.status).toBe(1);
    found.push(...examined.report.findings);
  });
  const [only] = found;
  if (only === undefined || found.length !== 1) throw new Error(JSON.stringify(found, null, 2));
  return only;
}

const gateway = "arn:aws:iam::123456789012:role/grantway-gateway";
const analyst = "arn:aws:iam::123456789012:role/grantway-analyst";
const long = "arn:aws:lambda:eu-west-1:123456789012:function:grantway-long:live";

describe("what is wrong in IAM", () => {
  test.each([
    ["sts:TagSession", "tag_session_denied", { "ForAllValues:StringEquals": { "aws:TagKeys": ["tenant"] } }],
    ["sts:SetSourceIdentity", "set_source_identity_denied", { StringLike: { "sts:SourceIdentity": "?*" } }],
  ])("a trust policy without %s, with the statement that mends it", async (action, id, condition) => {
    const without: Edit = [trustOf(action), ""];
    const finding = await onlyFinding({ template: [without] });
    expect(finding).toMatchObject({ id, severity: "error", where: ["roles[0] analyst"], learnt: "probed" });
    expect(finding.problem).toContain("is not allowed by the trust policy of grantway-analyst");
    expect(finding.effect).toContain("403 session_refused");
    const statement: unknown = JSON.parse(finding.paste?.text ?? "");
    expect(statement).toEqual({
      Effect: "Allow",
      Principal: { AWS: gateway },
      Action: action,
      Condition: condition,
    });

    const mended: Edit = [trustOf(action), `          - ${JSON.stringify(statement)}\n`];
    await withTwin(issuer, { template: [mended] }, async ({ report }) => {
      expect((await report()).report.findings).toEqual([]);
    });
  });

  test.each([
    ["sts:AssumeRole", "assume_role_denied"],
    ["sts:TagSession", "tag_session_denied"],
    ["sts:SetSourceIdentity", "set_source_identity_denied"],
  ])("a gateway whose own policy lacks %s", async (action, id) => {
    const template: readonly Edit[] = [[new RegExp(`^ {14}- ${action}\n`, "m"), ""]];
    const finding = await onlyFinding({ template });
    expect(finding).toMatchObject({ id, learnt: "probed" });
    expect(finding.problem).toContain("is not allowed by the policies of grantway-gateway");
    expect(JSON.parse(finding.paste?.text ?? "")).toEqual({
      Effect: "Allow",
      Action: action,
      Resource: analyst,
    });
  });

  test("a trust policy that trusts another role", async () => {
    const another: Edit = [
      /AWS: !If \[MakesGatewayRole, !GetAtt GatewayRole.Arn.*/g,
      "AWS: !GetAtt ReleaseRole.Arn",
    ];
    const finding = await onlyFinding({ template: [another] });
    expect(finding).toMatchObject({ id: "assume_role_denied", where: ["roles[0] analyst"] });
    expect(finding.paste).toMatchObject({
      into: "the trust policy of grantway-analyst, as one of its statements",
      text: expect.stringContaining(gateway) as string,
    });
  });

  test("a trust policy whose condition refuses, unless the doctor has a tenant that it takes", async () => {
    const acme: Edit = [/aws:RequestTag\/tenant: "\?\*"/g, 'aws:RequestTag/tenant: "acme-*"'];
    await withTwin(issuer, { template: [acme] }, async ({ report }) => {
      const refused = await report();
      expect(refused.report.findings).toMatchObject([{ id: "trust_condition_refuses", severity: "error" }]);
      const taken = await report({ argv: ["--tag", "tenant=acme-1"] });
      expect(taken).toMatchObject({ status: 0, report: { findings: [] } });
    });
  });

  test.each([
    ["lambda:InvokeFunctionUrl", 0],
    ["lambda:InvokeFunction", 1],
  ])("a role that lacks %s alone, with the statement that mends it", async (action, list) => {
    const finding = await onlyFinding({ template: [inLists("LongFunction", [list], "")] });
    expect(finding).toMatchObject({
      id: "lambda_permission_missing",
      where: ["routes[1] long"],
      learnt: "read",
    });
    expect(finding.problem).toBe(`grantway-analyst is not allowed ${action} on ${long}`);
    const statement: unknown = JSON.parse(finding.paste?.text ?? "");
    expect(statement).toMatchObject({
      Action: action,
      Resource: long,
      Condition: expect.anything() as unknown,
    });
    const mended: Edit = [
      "- PolicyName: send-work",
      `- ${policyWith(statement)}\n        - PolicyName: send-work`,
    ];
    await withTwin(
      issuer,
      { template: [inLists("LongFunction", [list], ""), mended] },
      async ({ report }) => {
        expect((await report()).report.findings).toEqual([]);
      },
    );
  });

  test("a role that allows both actions on the function without its alias", async () => {
    const bare = "                  - !GetAtt LongFunction.Arn\n";
    const finding = await onlyFinding({ template: [inLists("LongFunction", [0, 1], bare)] });
    expect(finding).toMatchObject({ id: "lambda_permission_unqualified", where: ["routes[1] long"] });
    expect(finding.problem).toContain("lambda:InvokeFunctionUrl and lambda:InvokeFunction");
    expect(JSON.parse(finding.paste?.text ?? "")).toMatchObject([{ Resource: long }, { Resource: long }]);
  });

  test("one statement for both actions, with a condition that only one of them has", async () => {
    const both: Edit = [
      /Action: lambda:InvokeFunctionUrl$/m,
      "Action: [lambda:InvokeFunctionUrl, lambda:InvokeFunction]",
    ];
    const finding = await onlyFinding({ template: [both, inLists("LongFunction", [1], "")] });
    expect(finding.id).toBe("lambda_permission_missing");
    expect(finding.problem).toContain("asks for lambda:FunctionUrlAuthType");
  });

  test("a role that may not call the stage", async () => {
    const another: Edit = [
      "${Api}/prod/*/api/*\n\n  # What the gateway",
      "${Api}/test/*/api/*\n\n  # What the gateway",
    ];
    const finding = await onlyFinding({ template: [another] });
    expect(finding).toMatchObject({ id: "execute_api_permission_missing", where: ["routes[6] api"] });
    expect(finding.paste?.text).toContain("execute-api:Invoke");
  });
});

const policyWith = (statement: unknown): string =>
  JSON.stringify({ PolicyName: "pasted", PolicyDocument: { Version: "2012-10-17", Statement: [statement] } });

describe("what is wrong with a function or its URL", () => {
  test("a URL that anybody may call", async () => {
    const finding = await onlyFinding({ template: [inLong("AuthType: AWS_IAM", "AuthType: NONE")] });
    expect(finding).toMatchObject({
      id: "function_url_public",
      severity: "error",
      where: ["routes[1] long"],
    });
    expect(finding.paste?.text).toBe("FunctionUrlConfig:\n  AuthType: AWS_IAM");
  });

  test("a function that ends before its route does", async () => {
    const finding = await onlyFinding({ template: [inLong("Timeout: 900", "Timeout: 60")] });
    expect(finding).toMatchObject({ id: "function_timeout_short", paste: { text: "Timeout: 900" } });
    expect(finding.problem).toBe("the function's Timeout is 1m, and the route's timeout 15m");
  });

  test("a function that nothing is reserved for", async () => {
    const none = "Timeout: 900\n      ReservedConcurrentExecutions: 0";
    const finding = await onlyFinding({ template: [inLong("Timeout: 900", none)] });
    expect(finding).toMatchObject({ id: "reserved_concurrency_zero", where: ["routes[1] long"] });
  });

  test("a URL that buffers what its route streams", async () => {
    const finding = await onlyFinding(
      { template: [inLong("        InvokeMode: RESPONSE_STREAM\n", "")] },
      { config: [["    timeout: 15m", "    timeout: 15m\n    heartbeat: 30s"]] },
    );
    expect(finding).toMatchObject({ id: "function_url_buffers", where: ["routes[1] long"] });
    expect(finding.paste?.text).toContain("InvokeMode: RESPONSE_STREAM");
  });

  test("two answers for CORS, where no page calls the URL itself; where one may, it is a note", async () => {
    const pages = { parameters: { PageOrigins: "https://app.example.com" } };
    await withTwin(issuer, pages, async ({ report }) => {
      const proxied: Edit = ["    timeout: 15m", "    timeout: 15m\n    doors: [proxy]"];
      const doubled = await report({ config: [proxied], argv: ["--route", "long"] });
      expect(doubled).toMatchObject({
        status: 1,
        report: { findings: [{ id: "cors_doubled", severity: "warning" }] },
      });
      const wanted = await report({ argv: ["--route", "long"] });
      expect(wanted).toMatchObject({
        status: 0,
        report: { findings: [{ id: "cors_doubled", severity: "note" }] },
      });
    });
  });
});

describe("what is wrong in the configuration, against a twin that is well", () => {
  const wrong: readonly (readonly [string, Visit, object])[] = [
    [
      "the URL of another function",
      { config: [["functionUrl: ${env.LONG_URL}", "functionUrl: ${env.HELLO_URL}"]] },
      { id: "function_url_of_another_function", where: ["routes[1] long"] },
    ],
    [
      "an alias that is not there",
      { config: [["function:grantway-long:live", "function:grantway-long:prod"]] },
      { id: "function_unknown", where: ["routes[1] long"] },
    ],
    [
      "a route that ends before its function does",
      { config: [["timeout: 15m", "timeout: 1m"]] },
      { id: "function_outlives_route", where: ["routes[1] long"], paste: { text: "timeout: 15m" } },
    ],
    [
      "a duration that no role that chains roles can give",
      { config: [["    tags: { tenant", "    duration: 2h\n    tags: { tenant"]] },
      { id: "duration_cut_by_chaining", where: ["roles[0] analyst"], paste: { text: "duration: 1h" } },
    ],
    [
      "an issuer that is down",
      { env: () => ({ ISSUER_URL: "http://127.0.0.1:1" }) },
      { id: "issuer_unreachable", where: ["issuers[0] local"] },
    ],
    [
      "an issuer whose name has no slash at its end",
      { config: [["issuer: ${env.ISSUER_URL}", "issuer: ${env.ISSUER_URL}/"]] },
      { id: "issuer_differs", problem: expect.stringContaining("only a slash") as string },
    ],
    [
      "an issuer without a key of the kind",
      { config: [["    audience: [https", "    algorithms: [ES512]\n    audience: [https"]] },
      { id: "issuer_keys_unusable", paste: { text: "algorithms: [RS256, ES256]" } },
    ],
    [
      "a Region that STS is not in",
      { config: [["sts: { region: eu-west-1", "sts: { region: us-west-2"]] },
      { id: "sts_refuses_gateway", where: ["sts"] },
    ],
  ];

  test("each is named, and nothing beside it", async () => {
    await withTwin(issuer, {}, async ({ report }) => {
      expect(await report()).toMatchObject({ status: 0, report: { findings: [], blind: [] } });
      for (const [title, visit, finding] of wrong) {
        const { report: seen, status } = await report(visit);
        expect({ title, status, findings: seen.findings }).toMatchObject({
          title,
          status: 1,
          findings: [finding],
        });
      }
    });
  });

  test("a clock that is off, whichever way the SDK helps itself", async () => {
    const finding = await onlyFinding({ clock: () => Date.now() + 600_000 });
    expect(finding).toMatchObject({ id: "clock_skew", severity: "error", learnt: "probed" });
    expect(finding.problem).toMatch(/^the clock is (?:10m(?:\d{1,2}s)?|9m5\ds) behind that of STS$/);
  });
});

test("with the gateway's credentials alone it probes, and says what it could not see", async () => {
  const blind: BrokenAws = { template: [[trustOf("sts:TagSession"), ""]] };
  await withTwin(issuer, blind, async ({ report, visit }) => {
    const { report: seen, status } = await report({ isBlind: true });
    expect(status).toBe(1);
    expect(seen.findings).toMatchObject([{ id: "tag_session_denied", learnt: "probed" }]);
    expect(seen.findings[0]?.problem).toContain("which of the two could not be read");
    const sentences = seen.blind.map(({ sentence }) => sentence);
    expect(sentences).toContain(`could not see: needs iam:GetRole on ${analyst}`);
    const urls = "could not see: needs lambda:GetFunctionUrlConfig on the function";
    // Once, with all the routes it is about.
    expect(sentences.filter((sentence) => sentence === urls)).toHaveLength(1);

    const { out, status: same } = await visit({ isBlind: true });
    expect(same).toBe(1);
    expect(out).toMatch(/^gateway {2}arn:aws:sts::123456789012:assumed-role\/grantway-gateway\//);
    expect(out).toContain("error  tag_session_denied  roles[0] analyst\n  what    sts:TagSession for ");
    expect(out).toContain('\n    {\n      "Effect": "Allow",\n');
    expect(out).toContain("\nnot seen\n");
    for (const secret of ["AWS_SECRET", "SecretAccessKey", "ASIA"]) expect(out).not.toContain(secret);
  });
});

describe("where nothing may be read, Lambda itself is asked, by DryRun", () => {
  /** Of the statement for the routes that call by the Invoke API. */
  const invokeAlone: Edit = [
    /(?<=# their session policy\.\n +- Effect: Allow\n +Action: )lambda:InvokeFunction\n/,
    "lambda:GetFunction\n",
  ];

  test("whether a session may call a function by the Invoke API", async () => {
    await withTwin(issuer, {}, async ({ report }) => {
      expect((await report({ isBlind: true })).report.findings).toEqual([]);
    });
    await withTwin(issuer, { template: [invokeAlone] }, async ({ report }) => {
      const { findings } = (await report({ isBlind: true })).report;
      expect(findings).toMatchObject([
        { id: "lambda_permission_missing", where: ["routes[3] invoke"], learnt: "probed" },
        { id: "lambda_permission_missing", where: ["routes[4] jobs"], learnt: "probed" },
      ]);
    });
  });

  test("whether the gateway may call its authorizer", async () => {
    await withTwin(issuer, {}, async ({ report }) => {
      const { findings } = (await report({ isBlind: true, config: [lambdaAuthorizer] })).report;
      expect(findings).toMatchObject([
        { id: "authorizer_permission_missing", where: ["authorizers[0] partner"], learnt: "probed" },
      ]);
    });
  });
});

test("a reader's profile that is not there is wrong usage: the SDK would read as somebody else", async () => {
  await withTwin(issuer, {}, async ({ visit }) => {
    const { status, err } = await visit({ isBlind: true, argv: ["--reader-profile", "nobody"] });
    expect([status, err]).toEqual([
      64,
      expect.stringMatching(/the profile "nobody" of --reader-profile is neither in \/\S+ nor in \/\S+ /),
    ]);
  });
});

test("a reader's profile that gives no credentials is told of, and is no clean bill", async () => {
  const profile = "[profile doctor]\ncredential_process = false\n";
  await withTwin(issuer, { profile }, async ({ report }) => {
    const { report: seen } = await report();
    expect(seen.findings).toEqual([]);
    expect(seen.blind[0]).toEqual({
      where: ["--reader-profile"],
      sentence: expect.stringMatching(/^could not see: it gave the gateway's own credentials/) as string,
    });
  });
});

test("reader's credentials that AWS does not take are told of, and Regions are not blamed for them", async () => {
  const stranger = { Version: 1, AccessKeyId: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "x" };
  const profile = `[profile doctor]\ncredential_process = echo '${JSON.stringify(stranger)}'\n`;
  await withTwin(issuer, { profile }, async ({ report }) => {
    const { report: seen } = await report();
    expect(seen.findings).toEqual([]);
    expect(seen.blind.map(({ sentence }) => sentence)).toContainEqual(
      expect.stringMatching(/^could not see: the reader's credentials are none: InvalidClientTokenId/),
    );
  });
});

test("--json has the fields that docs/doctor.md lists, and no others", async () => {
  const page = readFileSync("docs/doctor.md", "utf8");
  const listed = [...page.matchAll(/^\| `([\w.[\]]+)` +\| (?:text|number|list)/gm)].map(([, field]) => field);
  await withTwin(issuer, { template: [[trustOf("sts:TagSession"), ""]] }, async ({ report }) => {
    const { report: seen } = await report({ isBlind: true });
    expect([...new Set(fieldsOf(seen))].sort()).toEqual([...listed].sort());
  });
});

/** `findings[].paste.text` */
function fieldsOf(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) {
    const within = value.filter((each) => typeof each === "object");
    return [path, ...within.flatMap((each: unknown) => fieldsOf(each, `${path}[]`))];
  }
  if (typeof value !== "object" || value === null) return [path];
  // Each of an object's members stands for itself.
  return Object.entries(value).flatMap(([key, each]) => fieldsOf(each, path === "" ? key : `${path}.${key}`));
}

test("whoever is not the gateway reads for it, and becomes no role", async () => {
  await withTwin(issuer, {}, async ({ report }) => {
    const { report: seen, status } = await report({ argv: ["--gateway-role", analyst] });
    expect([status, seen.learnt.probed]).toEqual([1, 1]);
    // The role does not trust itself, which were enough but for the source identity: that needs its own policies as well.
    expect(seen.findings.map(({ id, learnt, paste }) => [id, learnt, paste?.into.split(",")[0]])).toEqual([
      ["assume_role_denied", "read", "the trust policy of grantway-analyst"],
      ["tag_session_denied", "read", "the trust policy of grantway-analyst"],
      ["set_source_identity_denied", "read", "the trust policy of grantway-analyst"],
      ["set_source_identity_denied", "read", "a policy of grantway-analyst"],
    ]);
  });
});
