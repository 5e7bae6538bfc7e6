import { createSessions } from "../../../../deploy/local/aws/sessions.js";
import type { SignedRequest } from "../../../../deploy/local/aws/model.js";
import {
  failure,
  result,
  signatureFailure,
  type StsAnswer,
} from "../../../../deploy/local/aws/sts/answer.js";
import { createSts } from "../../../../deploy/local/aws/sts/create-sts.js";
import { readQueryRequest } from "../../../../deploy/local/aws/query-protocol/query-request.js";
import { createVerifier } from "../../../../deploy/local/aws/sigv4/verify-request.js";
import { now, sampleRole, templateOf } from "../iam/sample-caller.js";
import { signWithAws4 } from "../sigv4/signing.js";

const clock = (): number => now;
const sessions = createSessions({ clock });
const caller = sessions.mint(sampleRole("gateway"), { sessionName: "task", durationSeconds: 3600 });
const verify = createVerifier({ sessions, clock, region: "eu-west-1" });
const sts = createSts({ template: templateOf(), sessions, clock, verify, log: () => undefined });

const form = "application/x-www-form-urlencoded";
const post = (body: string, contentType = form, target = "/", method = "POST"): SignedRequest => ({
  method,
  target,
  rawHeaders: ["Content-Type", contentType],
  body: Buffer.from(body),
});
const answerTo = async (request: SignedRequest): Promise<StsAnswer> => {
  const answer = await sts.handle(request);
  if (answer === undefined) throw new Error("no answer");
  return answer;
};
const signed = (body: string): SignedRequest =>
  signWithAws4(caller, { method: "POST", body, service: "sts", headers: { "content-type": form } });

test("decodes a form: plus is a space, %2B a plus, UTF-8", () => {
  const read = readQueryRequest(post("Action=A&Policy=a+b%2Bc%3D%C3%A9&Tags="));
  expect(read).toEqual({
    ok: true,
    value: new Map([
      ["Action", "A"],
      ["Policy", "a b+c=é"],
      ["Tags", ""],
    ]),
  });
});

test("takes a content type that says UTF-8", () => {
  expect(readQueryRequest(post("Action=A", `${form}; charset=utf-8`)).ok).toBe(true);
});

test.each([
  ["GET", post("", form, "/?Action=GetCallerIdentity", "GET"), "InvalidAction"],
  ["another path", post("Action=A", form, "/sts"), "InvalidAction"],
  ["JSON", post("{}", "application/json"), "InvalidAction"],
  ["another character set", post("Action=A", `${form}; charset=latin1`), "InvalidAction"],
  ["no content type", { ...post("Action=A"), rawHeaders: [] }, "InvalidAction"],
  ["a parameter twice", post("Action=A&Action=B"), "MalformedQueryString"],
  ["a parameter twice, once encoded", post("Action=A&%41ction=B"), "MalformedQueryString"],
  ["no value", post("Action"), "MalformedQueryString"],
  ["no name", post("=A"), "MalformedQueryString"],
  ["nothing", post(""), "MalformedQueryString"],
  ["bad percent-encoding", post("Action=%zz"), "MalformedQueryString"],
  ["bytes that are not UTF-8", post("Action=%E9"), "MalformedQueryString"],
  ["characters that are not encoded", post("Action=é"), "MalformedQueryString"],
  ["a form over 256 KiB", post(`Action=${"a".repeat(256 * 1024)}`), "ValidationError"],
])("refuses %s", (_title, request, type) => {
  expect(readQueryRequest(request)).toMatchObject({ ok: false, error: { status: 400, type } });
});

test.each([
  ...[
    ...["AssumeRoleWithSAML", "AssumeRoot", "DecodeAuthorizationMessage", "GetAccessKeyInfo"],
    ...["GetDelegatedAccessToken", "GetFederationToken", "GetSessionToken", "GetWebIdentityToken"],
  ].map((action) => [
    `Action=${action}&Version=2011-06-15`,
    `Could not find operation ${action} for version 2011-06-15: ${action} is not served by the local twin`,
  ]),
  ["Version=2011-06-15", "Could not find operation  for version 2011-06-15"],
  ["Action=constructor&Version=2011-06-15", "Could not find operation constructor for version 2011-06-15"],
  [
    "Action=GetCallerIdentity&Version=2010-01-01",
    "Could not find operation GetCallerIdentity for version 2010-01-01",
  ],
  ["Action=GetCallerIdentity", "Could not find operation GetCallerIdentity for version NO_VERSION_SPECIFIED"],
])("%s is InvalidAction", async (body, message) => {
  const answer = await answerTo(signed(body));
  expect(answer.status).toBe(400);
  expect(answer.body).toContain(`<Code>InvalidAction</Code><Message>${message}</Message>`);
});

test("nothing is answered to a request without signature, not even that an action is unknown", async () => {
  const answer = await answerTo(post("Action=Nothing&Version=2011-06-15"));
  expect(answer.status).toBe(403);
  expect(answer.body).toContain("<Code>MissingAuthenticationToken</Code>");
});

test("only actions for strangers are looked at without a signature, and one that is there must hold", async () => {
  const body = "Action=AssumeRoleWithSAML&Version=2011-06-15";
  expect((await answerTo(post(body))).body).toContain("AssumeRoleWithSAML is not served by the local twin");
  const request = signed("Action=AssumeRoleWithWebIdentity&Version=2011-06-15");
  expect((await answerTo(request)).body).toContain("<Code>ValidationError</Code>");
  const forged = { ...request, body: Buffer.from(`${request.body.toString()}&RoleArn=x`) };
  expect((await answerTo(forged)).body).toContain("<Code>SignatureDoesNotMatch</Code>");
});

test("a signature for lambda is none for STS", async () => {
  const request = signWithAws4(caller, {
    method: "POST",
    body: "Action=GetCallerIdentity&Version=2011-06-15",
    headers: { "content-type": form },
  });
  expect((await answerTo(request)).body).toContain("<Code>SignatureDoesNotMatch</Code>");
});

test("answers are STS's XML, escaped", () => {
  const { status, headers, body } = result("Do", [
    ["Name", 'a<b>&"c"\u0000'],
    ["Size", 5],
  ]);
  const id = headers["x-amzn-requestid"] ?? "";
  expect({ status, type: headers["content-type"] }).toEqual({ status: 200, type: "text/xml" });
  expect(body).toBe(
    `<DoResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><DoResult><Name>a&lt;b&gt;&amp;&quot;c&quot;\uFFFD</Name><Size>5</Size></DoResult><ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata></DoResponse>\n`,
  );
});

test("errors are STS's XML", () => {
  const { status, headers, body } = failure({ status: 403, type: "AccessDenied", message: "no" });
  const id = headers["x-amzn-requestid"] ?? "";
  expect(status).toBe(403);
  expect(body).toBe(
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>${id}</RequestId></ErrorResponse>\n`,
  );
});

test.each([
  ["ExpiredTokenException", "ExpiredToken"],
  ["IncompleteSignatureException", "IncompleteSignature"],
  ["InvalidSignatureException", "SignatureDoesNotMatch"],
  ["MissingAuthenticationTokenException", "MissingAuthenticationToken"],
  ["UnrecognizedClientException", "InvalidClientTokenId"],
  ["Other", "Other"],
])("a signature's %s is %s in the query protocol", (type, code) => {
  expect(signatureFailure({ status: 403, type, message: "" }).body).toContain(`<Code>${code}</Code>`);
});

test("an expired ID token keeps its own name", () => {
  const { body } = failure({ status: 400, type: "ExpiredTokenException", message: "" });
  expect(body).toContain("<Code>ExpiredTokenException</Code>");
});
