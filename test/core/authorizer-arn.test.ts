// Which ways of reading a path a custom authorizer's policy is held against.
import { methodArns } from "../../server/core/authorizer-arn.js";
import { parseAuthorizerPolicy, whyDenied } from "../../server/core/authorizer-policy.js";
import { callOf, partnerRoute, policyOf, stage, statement } from "../fixtures/authorizer.js";
import { accepted } from "../fixtures/outcome.js";
import { matchOf } from "../fixtures/route.js";
import { targetOf } from "../fixtures/target.js";

const denial = policyOf(statement("Allow", "*"), statement("Deny", `${stage}/GET/partner/admin/*`));
const cause = (raw: string) => whyDenied(accepted(parseAuthorizerPolicy(denial)), callOf(raw).arns);

test.each([
  "/partner/admin/users",
  "/partner/admin%2Fusers",
  "/partner/admin%2F%2Fusers",
  "/partner%2F%2Fadmin/users",
  "/partner/admin%5Cusers",
  "/partner%5cadmin%5Cusers",
  "/partner/admin/users%3Fx",
  "/partner/admin%5Cusers%23x",
  "/partner/%2561dmin/users",
  "/partner/admin%252Fusers",
  "/partner/%2561dmin/",
  "/%5Ch/partner/admin/users",
])("a deny of /partner/admin/* denies %s, which a function may read so", (raw) => {
  expect(cause(raw)).toBe("a statement of its policy denies the call");
});

test.each(["/partner/a%20b", "/partner/admin", "/partner/a%2Fadmin%3Fx", "/partner/administrator%5Cx"])(
  "it denies no %s",
  (raw) => {
    expect(cause(raw)).toBeUndefined();
  },
);

test("a path without encoded characters has its own two spellings, and no more", () => {
  const { readings } = methodArns(matchOf(partnerRoute), "GET", targetOf("/partner/a/"));
  expect(new Set(readings)).toEqual(new Set([`${stage}/GET/partner/a`, `${stage}/GET/partner/a/`]));
});
