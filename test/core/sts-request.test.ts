// What the /sts door is asked for, at the edges of STS's own limits.
import { readStsRequest } from "../../server/core/sts-request.js";
import { accepted, refused } from "../fixtures/outcome.js";

const whole = {
  Action: "AssumeRoleWithWebIdentity",
  Version: "2011-06-15",
  RoleArn: "arn:aws:iam::123456789012:role/analyst",
  RoleSessionName: "laptop",
  WebIdentityToken: "a.b.c",
};
const read = (parameters: object, tokenBytes = 100) =>
  readStsRequest(new Map(Object.entries(parameters) as [string, string][]), { tokenBytes });
const without = (name: string): object =>
  Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name));

test("a request has a role, a token and what narrows the session; the session's name goes no further", () => {
  const { Action: action, RoleArn: roleArn, WebIdentityToken: webIdentityToken } = whole;
  expect(accepted(read(whole))).toEqual({ action, roleArn, webIdentityToken });
  expect(accepted(read({ ...whole, DurationSeconds: "900", Policy: "{}" }))).toEqual({
    ...{ action, roleArn, webIdentityToken },
    durationSeconds: 900,
    policy: "{}",
  });
});

test("GetCallerIdentity has nothing beside its name and version", () => {
  const identity = { Action: "GetCallerIdentity", Version: "2011-06-15" };
  expect(accepted(read(identity))).toEqual({ action: "GetCallerIdentity" });
  expect(refused(read({ ...identity, RoleArn: whole.RoleArn }))).toMatchObject({ code: "ValidationError" });
});

test.each<[string, string, string, boolean]>([
  ["RoleArn", "20 characters", "a".repeat(20), true],
  ["RoleArn", "19 characters", "a".repeat(19), false],
  ["RoleArn", "2,048 characters", "a".repeat(2048), true],
  ["RoleArn", "2,049 characters", "a".repeat(2049), false],
  ["RoleSessionName", "2 characters", "ab", true],
  ["RoleSessionName", "1 character", "a", false],
  ["RoleSessionName", "64 characters", "a".repeat(64), true],
  ["RoleSessionName", "65 characters", "a".repeat(65), false],
  ["RoleSessionName", "all that STS takes", "aZ0_+=,.@-", true],
  ["RoleSessionName", "a colon", "a:b", false],
  ["RoleSessionName", "a line break at the end", "ab\n", false],
  ["WebIdentityToken", "4 characters", "a".repeat(4), true],
  ["WebIdentityToken", "3 characters", "a".repeat(3), false],
  ["WebIdentityToken", "as many as tokenBytes", "a".repeat(100), true],
  ["WebIdentityToken", "one more", "a".repeat(101), false],
  ["WebIdentityToken", "as many and a line break", `${"a".repeat(100)}\r\n`, true],
  ["WebIdentityToken", "one more and a line break", `${"a".repeat(101)}\n`, false],
  ["DurationSeconds", "900", "900", true],
  ["DurationSeconds", "899", "899", false],
  ["DurationSeconds", "43200", "43200", true],
  ["DurationSeconds", "43201", "43201", false],
  ["DurationSeconds", "nothing", "", false],
  ["DurationSeconds", "a sign", "+900", false],
  ["DurationSeconds", "an exponent", "1e3", false],
  ["DurationSeconds", "seven digits", "0000900", false],
])("%s of %s", (name, _, value, isTaken) => {
  const result = read({ ...whole, [name]: value });
  expect(result.ok).toBe(isTaken);
  if (!isTaken) expect(refused(result)).toMatchObject({ code: "ValidationError" });
  if (!isTaken) expect(refused(result)).toMatchObject({ cause: expect.stringContaining(name) as string });
});

test.each(["AssumeRole", "assumerolewithwebidentity", "AssumeRoleWithWebIdentity ", "GetSessionToken"])(
  "%j is no action here",
  (Action) => {
    expect(refused(read({ ...whole, Action }))).toMatchObject({ code: "InvalidAction" });
  },
);

test("one line break at the token's end is cut, and none elsewhere", () => {
  const tokenOf = (WebIdentityToken: string) => accepted(read({ ...whole, WebIdentityToken }));
  expect(tokenOf("a.b.c\n")).toMatchObject({ webIdentityToken: "a.b.c" });
  expect(tokenOf("a.b.c\r\n")).toMatchObject({ webIdentityToken: "a.b.c" });
  expect(tokenOf("a.b.c\n\n")).toMatchObject({ webIdentityToken: "a.b.c\n" });
  expect(tokenOf("a.b\n.c")).toMatchObject({ webIdentityToken: "a.b\n.c" });
  expect(tokenOf("a.b.c ")).toMatchObject({ webIdentityToken: "a.b.c " });
});

test.each([
  ["Action", "MissingAction"],
  ["Version", "InvalidAction"],
  ["RoleArn", "MissingParameter"],
  ["RoleSessionName", "MissingParameter"],
  ["WebIdentityToken", "MissingParameter"],
])("without %s it is %s", (name, code) => {
  expect(refused(read(without(name)))).toMatchObject({ reason: "sts_request_refused", code });
});

test.each([
  "PolicyArns",
  "PolicyArns.member.1.arn",
  "ProviderId",
  "Tags.member.1.Key",
  "SerialNumber",
  "roleArn",
])("%s is not taken", (name) => {
  expect(refused(read({ ...whole, [name]: "" }))).toMatchObject({ code: "ValidationError" });
});
