// What a session may do in the account beside calling functions.
import { authorizeAction } from "../../../../deploy/local/aws/iam/authorize-action.js";
import { now, policy, sampleCaller, sampleRole, textMatching, type StatementJson } from "./sample-caller.js";

const arn = "arn:aws:lambda:eu-west-1:123456789012:function:hello";
const allow = (Resource: string, more: object = {}): StatementJson => ({
  Action: "lambda:UpdateAlias",
  Resource,
  ...more,
});

function may(statements: readonly StatementJson[], sourceIp = "203.0.113.7") {
  const document = policy("identity", ...statements);
  const caller = sampleCaller({ role: sampleRole("release", { policies: [{ name: "p", document }] }) });
  const request = {
    action: "lambda:UpdateAlias",
    resources: [arn, `${arn}:live`],
    region: "eu-west-1",
    sourceIp,
  };
  return authorizeAction(caller, request, () => now, { warn: () => undefined, explain: false });
}

test("every resource must be allowed", () => {
  expect(may([allow(arn), allow(`${arn}:*`)])).toEqual({ ok: true, value: undefined });
  expect(may([allow(arn)])).toEqual({
    ok: false,
    error: {
      status: 403,
      type: "AccessDeniedException",
      message: textMatching(
        /^User: arn:aws:sts::123456789012:assumed-role\/release\/alice is not authorized to perform: lambda:UpdateAlias on resource: .*:hello:live because no policy allows/,
      ),
    },
  });
});

test("an explicit deny comes first, and says so", () => {
  expect(may([allow(arn), allow(`${arn}:*`), allow(`${arn}:live`, { Effect: "Deny" })])).toMatchObject({
    error: { message: textMatching(/with an explicit deny$/) },
  });
});

test("where the call came from is a condition as any other", () => {
  const Condition = { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } };
  const statements = [allow(arn, { Condition }), allow(`${arn}:*`, { Condition })];
  expect([may(statements).ok, may(statements, "198.51.100.1").ok]).toEqual([true, false]);
});
