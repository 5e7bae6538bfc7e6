// The RoleArn that is asked for is the rule's to the letter.
import { authorize } from "../server/authorize.js";
import { authorizeWebIdentity } from "../server/authorize-web-identity.js";
import { refused, accepted } from "./fixtures/outcome.js";
import { now, principalWith } from "./fixtures/principal.js";
import { routeWith } from "./fixtures/route.js";

const roleArn = "arn:aws:iam::123456789012:role/reports-invoker";
const ask = (asked: string) =>
  authorizeWebIdentity(
    {
      request: {
        action: "AssumeRoleWithWebIdentity",
        roleArn: asked,
        webIdentityToken: "not looked at here",
      },
      // Of one route the rules' own refusal is told, so there are two.
      routes: [routeWith("GET /reports"), routeWith("GET /audit")],
      principal: principalWith(),
      now,
      clientAddress: "203.0.113.7",
    },
    authorize,
  );

test.each([
  ["one letter shorter", roleArn.slice(0, -1)],
  ["one letter longer", `${roleArn}s`],
  ["without its first letter", roleArn.slice(1)],
  ["the account's alone", "arn:aws:iam::123456789012:role/"],
  ["empty", ""],
])("a RoleArn that is %s is no role of the rules", (_, asked) => {
  expect(refused(ask(asked))).toMatchObject({ reason: "role_not_granted" });
});

test("the very ARN is", () => {
  expect(accepted(ask(roleArn)).spec.roleArn).toBe(roleArn);
});
