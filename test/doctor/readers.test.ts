// What a doctor reads of AWS's answers: pages, paths, what is not there, and what is no refusal.
import { STSClient } from "@aws-sdk/client-sts";
import { accept } from "../../server/core/result.js";
import { look } from "../../server/doctor/readers/aws-look.js";
import { stsAsker } from "../../server/doctor/readers/ask-sts.js";
import { jsonError, queryError, withFakeAws, xml, type AskedOfAws } from "./fake-aws.js";

const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:f:live";

const answerTo = (action: string, content: string): string =>
  `<${action}Response><${action}Result>${content}</${action}Result></${action}Response>`;
const documentOf = (Action: string): string =>
  encodeURIComponent(JSON.stringify({ Statement: { Effect: "Allow", Action, Resource: "*" } }));

test("page two of a list is asked for with page one's marker, and both count", async () => {
  const asked: AskedOfAws[] = [];
  const pages: Readonly<Record<string, string>> = {
    "": "<PolicyNames><member>one</member></PolicyNames><IsTruncated>true</IsTruncated><Marker>m1</Marker>",
    m1: "<PolicyNames><member>two</member></PolicyNames><IsTruncated>false</IsTruncated>",
  };
  const answers: Readonly<Record<string, (parameters: URLSearchParams) => string>> = {
    ListRolePolicies: (parameters) => pages[parameters.get("Marker") ?? ""] ?? "",
    ListAttachedRolePolicies: () => "<AttachedPolicies/><IsTruncated>false</IsTruncated>",
    GetRolePolicy: (parameters) =>
      `<PolicyDocument>${documentOf(`s3:${parameters.get("PolicyName") ?? ""}`)}</PolicyDocument>`,
  };
  await withFakeAws(
    (question, res) => {
      asked.push(question);
      const content = answers[question.action]?.(question.parameters) ?? "";
      xml(res, 200, answerTo(question.action, content));
    },
    async (ports) => {
      const seen = await ports.rolePolicies("r");
      expect(seen.ok && seen.value.map(({ policy, actions }) => [policy, actions])).toEqual([
        ["one", ["s3:one"]],
        ["two", ["s3:two"]],
      ]);
    },
  );
  const markers = asked
    .filter(({ action }) => action === "ListRolePolicies")
    .map(({ parameters }) => parameters.get("Marker"));
  expect(markers).toEqual([null, "m1"]);
});

const roleArn = "arn:aws:iam::123456789012:role/r";
test.each<[string, string, object]>([
  [
    "the same",
    roleArn,
    { ok: true, value: { trust: [{ actions: ["sts:AssumeRole"] }], maxSessionSeconds: 3600 } },
  ],
  [
    "one of another path",
    roleArn.replace("role/", "role/team/"),
    { ok: false, denial: { kind: "renamed", arn: roleArn.replace("role/", "role/team/") } },
  ],
  [
    "one of another account",
    roleArn.replace("123456789012", "210987654321"),
    { ok: false, denial: { kind: "failed" } },
  ],
  ["no ARN", `${roleArn}\nroleArn: x`, { ok: false, denial: { kind: "failed" } }],
])("a role for which IAM answers with %s", async (_title, arn, expected) => {
  const content =
    `<Role><Arn>${arn}</Arn><AssumeRolePolicyDocument>${documentOf("sts:AssumeRole")}</AssumeRolePolicyDocument>` +
    "<MaxSessionDuration>3600</MaxSessionDuration></Role>";
  await withFakeAws(
    ({ action }, res) => xml(res, 200, answerTo(action, content)),
    async (ports) => {
      expect(await ports.role(roleArn)).toMatchObject(expected);
    },
  );
});

test("a function without a policy of its own has an empty one, and another fault is not taken for that", async () => {
  await withFakeAws(
    (_asked, res) => jsonError(res, 404, "ResourceNotFoundException", "no policy"),
    async (ports) => expect(await ports.functionPolicy(functionArn)).toEqual(accept([])),
  );
  await withFakeAws(
    (_asked, res) => jsonError(res, 403, "AccessDeniedException", "no"),
    async (ports) => expect(await ports.functionPolicy(functionArn)).toMatchObject({ ok: false }),
  );
});

test.each([
  ["ENOTFOUND", "region"],
  ["ECONNREFUSED", "failed"],
])("an address that gives %s is told as %s", async (code, kind) => {
  const fault = Object.assign(new Error("getaddrinfo"), { code });
  const seen = await look("lambda:GetPolicy on the function", () => Promise.reject(fault));
  expect(seen).toMatchObject({ ok: false, denial: { kind } });
});

describe("STS that does not say who the gateway is", () => {
  test.each([
    // By its status alone: the name says nothing of a rate.
    [429, "SlowDown", "failed"],
    [400, "ThrottlingException", "failed"],
    [403, "SignatureDoesNotMatch", "refused"],
    [500, "InternalFailure", "failed"],
  ])("answers %d %s: %s", async (status, code, kind) => {
    await withFakeAws(
      (_asked, res) => queryError(res, status, code, "no"),
      async (_ports, endpoint) => {
        const credentials = { accessKeyId: "id", secretAccessKey: "secret" };
        // What it says of the last answer is asked here; waiting between several is the SDK's own.
        const sts = new STSClient({ region: "eu-west-1", endpoint, credentials, maxAttempts: 1 });
        expect(await stsAsker(sts, Date.now).whoAmI()).toMatchObject({ denial: { kind } });
        sts.destroy();
      },
    );
  });

  test.each([
    ["ENOENT", "unarmed"],
    ["EACCES", "unarmed"],
    ["EMFILE", "failed"],
  ])("was not asked, as a file of credentials gave %s: %s", async (code, kind) => {
    const sts = new STSClient({
      region: "eu-west-1",
      credentials: () => Promise.reject(Object.assign(new Error("a token file"), { code })),
    });
    expect(await stsAsker(sts, Date.now).whoAmI()).toMatchObject({ denial: { kind } });
    sts.destroy();
  });
});
