import fc from "fast-check";
import { parseAuthorizerPolicy, whyDenied } from "../../server/core/authorizer-policy.js";
import { callOf, partnerRoute, policyOf, stage, statement } from "../fixtures/authorizer.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { matchOf, routeWith } from "../fixtures/route.js";

const isAllowed = (document: unknown, target: string, method = "GET"): boolean =>
  whyDenied(accepted(parseAuthorizerPolicy(document)), callOf(target, { method }).arns) === undefined;
const allow = (resource: unknown, more?: object) => policyOf(statement("Allow", resource, more));

test.each<[string, unknown, string, boolean]>([
  ["the call's own ARN", allow(`${stage}/GET/partner/a`), "/partner/a", true],
  ["another path", allow(`${stage}/GET/partner/b`), "/partner/a", false],
  ["another method", allow(`${stage}/POST/partner/a`), "/partner/a", false],
  ["a path in another case", allow(`${stage}/GET/partner/A`), "/partner/a", false],
  ["one of several ARNs", allow([`${stage}/GET/x`, `${stage}/GET/partner/a`]), "/partner/a", true],
  ["a star over slashes", allow(`${stage}/GET/partner/*`), "/partner/a/b", true],
  ["a star for the method", allow(`${stage}/*/partner/a`), "/partner/a", true],
  ["a question mark for one character", allow(`${stage}/GET/partner/?`), "/partner/a", true],
  ["a question mark for two", allow(`${stage}/GET/partner/?`), "/partner/ab", false],
  ["stars that must go back", allow(`${stage}/GET/*a*b`), "/partner/aXaab", true],
  ["stars that find no end", allow(`${stage}/GET/*a*b`), "/partner/aab1", false],
  ["stars for region, account and API", allow("arn:aws:execute-api:*:*:*"), "/partner/a", true],
  ["a path with colons", allow(`${stage}/GET/partner/*`), "/partner/a:b:c", true],
  ["the star alone", allow("*"), "/partner/a", true],
  ["a star that would reach over colons", allow("arn:aws:*"), "/partner/a", false],
  ["an ARN cut short", allow("arn:aws:execute-api:eu-west-1"), "/partner/a", false],
  ["any action", allow("*", { Action: "*" }), "/partner/a", true],
  ["the action in another case", allow("*", { Action: ["s3:*", "Execute-API:invoke"] }), "/partner/a", true],
  ["another action", allow("*", { Action: "execute-api:ManageConnections" }), "/partner/a", false],
  ["no statement", { Version: "2012-10-17", Statement: [] }, "/partner/a", false],
  [
    "one statement without a list",
    { Version: "2008-10-17", Id: "p", Statement: statement("Allow", "*", { Sid: "s" }) },
    "/partner/a",
    true,
  ],
])("%s: GET %3$s is allowed: %4$s", (_, document, target, expected) => {
  expect(isAllowed(document, target)).toBe(expected);
});

const denyAdmin = policyOf(statement("Allow", "*"), statement("Deny", `${stage}/GET/partner/admin/*`));
const denyExact = policyOf(statement("Deny", `${stage}/*/partner/admin`), statement("Allow", "*"));
test.each([
  ["a deny wins over an allow", denyAdmin, "/partner/admin/users"],
  ["a deny sees through percent-encoding", denyAdmin, "/partner/%61dmin/users"],
  ["a deny sees through an encoded slash", denyAdmin, "/partner/admin%2Fusers"],
  ["a deny of what is below takes a slash at the end", denyAdmin, "/partner/admin/"],
  ["a deny takes a slash more", denyExact, "/partner/admin/"],
  [
    "a deny reaches over colons",
    policyOf(statement("Allow", "*"), statement("Deny", "arn:*/admin*")),
    "/x/admin",
  ],
  [
    "a deny in the path's own spelling holds",
    policyOf(statement("Allow", "*"), statement("Deny", `${stage}/GET/partner/a%20b`)),
    "/partner/a%20b",
  ],
])("%s", (_, document, target) => {
  expect(isAllowed(document, target)).toBe(false);
  expect(isAllowed(document, "/partner/other")).toBe(true);
});

test("a deny of another action denies nothing here", () => {
  const document = policyOf(statement("Allow", "*"), statement("Deny", "*", { Action: "s3:*" }));
  expect(isAllowed(document, "/partner/a")).toBe(true);
});

test.each(["/partner/*", "/partner/%2A", "/partner/%3F", "/partner/$x"])(
  "a policy made of the ARN of %s allows no other path, nor that one",
  (target) => {
    const call = callOf(target);
    expect(call.arns.named).not.toMatch(/[*?]/);
    expect(isAllowed(allow(call.arns.named), "/partner/anything")).toBe(false);
    expect(isAllowed(allow(call.arns.named), target)).toBe(false);
  },
);

test("a policy made of any plain path's ARN allows that path, and no other", () => {
  const segment = fc.stringMatching(/^[a-z0-9:@~!]{1,6}$/);
  const path = fc
    .array(segment, { minLength: 1, maxLength: 3 })
    .map((parts) => `/partner/${parts.join("/")}`);
  fc.assert(
    fc.property(path, path, (one, other) => {
      const document = allow(callOf(one).arns.named);
      expect(isAllowed(document, one)).toBe(true);
      expect(isAllowed(document, other)).toBe(one === other);
    }),
  );
});

test("a pattern of many stars takes no more than a moment", () => {
  expect(isAllowed(allow(`${stage}/GET/${"*a".repeat(2000)}`), `/partner/${"a".repeat(1900)}`)).toBe(false);
});

describe("at the grant door, where credentials open the whole route", () => {
  const grant = (document: unknown, route = partnerRoute) => {
    const call = callOf("/grant/partner", { method: "POST" }, matchOf(route, "grant"));
    return whyDenied(accepted(parseAuthorizerPolicy(document)), call.arns) === undefined;
  };
  const everything = routeWith("$default", { name: "partner" });
  const getOne = routeWith("GET /items/{id}", { name: "partner" });

  test.each<[string, unknown, boolean]>([
    ["the grant's own ARN", allow(`${stage}/POST/grant/partner`), true],
    ["everything", allow("*"), true],
    ["the whole stage", allow(`${stage}/*`), true],
    ["the whole route", allow(`${stage}/*/partner/*`), true],
    [
      "all methods, one by one",
      allow(
        ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map(
          (method) => `${stage}/${method}/partner/*`,
        ),
      ),
      true,
    ],
    ["reading alone", allow(`${stage}/GET/*`), false],
    ["POST alone, which the grant is asked with", allow(`${stage}/POST/*`), false],
    ["a part of the route", allow(`${stage}/*/partner/public/*`), false],
    ["one character of it", allow(`${stage}/*/partner/?`), false],
    ["another grant", allow(`${stage}/POST/grant/other`), false],
    ["everything, and a deny of something", denyAdmin, false],
  ])("a policy that allows %s: %s", (_, document, expected) => {
    expect(grant(document)).toBe(expected);
  });

  test("the route's own methods and parameters count", () => {
    expect(grant(allow(`${stage}/GET/items/*`), getOne)).toBe(true);
    expect(grant(allow(`${stage}/GET/items/7`), getOne)).toBe(false);
    expect(grant(allow(`${stage}/*/items/*`), everything)).toBe(false);
    expect(grant(allow(`${stage}/*/*`), everything)).toBe(true);
  });
});

test.each<[string, unknown, string]>([
  ["no object", "Allow", "no object"],
  ["an unknown version", { Version: "2020-01-01", Statement: [] }, "Version"],
  ["no version", { Statement: [] }, "Version"],
  ["an Id that is no text", { ...policyOf(), Id: 7 }, "Id"],
  ["a key that IAM does not know", { ...policyOf(), Statements: [] }, "Statements"],
  ["no statement", { Version: "2012-10-17" }, "Statement"],
  ["1,001 statements", policyOf(...Array.from({ length: 1001 }, () => statement("Allow", "*"))), "1000"],
  ["another effect", policyOf(statement("allow", "*")), "Effect"],
  ["a Sid that is no text", policyOf(statement("Allow", "*", { Sid: 1 })), "Sid"],
  ["a condition", policyOf(statement("Allow", "*", { Condition: {} })), "Condition"],
  ["NotAction", policyOf({ Effect: "Allow", NotAction: "s3:*", Resource: "*" }), "NotAction"],
  ["NotResource", policyOf({ Effect: "Deny", Action: "*", NotResource: "*" }), "NotResource"],
  ["a principal", policyOf(statement("Allow", "*", { Principal: "*" })), "Principal"],
  ["no action", policyOf({ Effect: "Allow", Resource: "*" }), "Action"],
  ["no resource", policyOf({ Effect: "Allow", Action: "*" }), "Resource"],
  ["an empty list", policyOf(statement("Deny", [])), "Resource"],
  ["a resource that is no text", policyOf(statement("Allow", ["*", 7])), "Resource"],
  ["a policy variable", policyOf(statement("Allow", "arn:aws:execute-api:*:*:${aws:username}")), "variable"],
])("a policy with %s is none", (_, document, sentence) => {
  expect(refused(parseAuthorizerPolicy(document))).toContain(sentence);
});
