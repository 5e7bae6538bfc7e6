// Two kinds of tokens of one issuer in one gateway, as docs/identity-providers.md tells: one entry with both audiences,
// and rules that tell the kinds apart.
import { parse } from "yaml";
import { grantway } from "../cli/run-grantway.js";
import { patched, type Claims } from "./patched-claims.js";
import { recipeNamed } from "./provider-page.js";

interface Document {
  readonly issuers: readonly [{ readonly audience: readonly string[]; readonly accept: string }];
  readonly roles: readonly [{ readonly name: string; readonly when: string }];
}

const documentOf = (title: string): Document => parse(recipeNamed(title).configuration) as Document;

/** Both recipes in one: `accept` for all, and before each rule's `when` what tells its kind. */
const joined = (
  titles: readonly [string, string],
  accept: string | undefined,
  kinds: readonly [string, string],
) => {
  const [first, second] = [documentOf(titles[0]), documentOf(titles[1])];
  const audience = [...new Set([...first.issuers[0].audience, ...second.issuers[0].audience])];
  const rule = ({ roles: [role] }: Document, kind: string, name: string) => ({
    ...role,
    name,
    when: `${kind} && ${role.when}`,
  });
  const issuer = { ...first.issuers[0], ...second.issuers[0], audience, accept };
  return {
    ...first,
    issuers: [Object.fromEntries(Object.entries(issuer).filter(([, value]) => value !== undefined))],
    roles: [rule(first, kinds[0], "first"), rule(second, kinds[1], "second")],
  };
};

const claimsOf = (title: string): Claims => recipeNamed(title).sample.claims;

const verdicts = async (document: object, cases: readonly (readonly [claims: Claims, expect: object])[]) => {
  const at = 1_795_250_010;
  const file = {
    cases: cases.map(([claims, expect], index) => ({
      name: `${index}`,
      route: "GET /reports/7",
      at,
      claims,
      expect,
    })),
  };
  const files = { "gateway.yaml": document, "t.yaml": file };
  const checked = await grantway(["check", "gateway.yaml", "--strict"], { files });
  return [checked.status, (await grantway(["test", "t.yaml"], { files })).out.split("\n").at(-2)];
};

test("Cognito's ID tokens and access tokens", async () => {
  const [id, access] = ["Amazon Cognito: ID tokens", "Amazon Cognito: Access tokens"] as const;
  const document = joined([id, access], 'claims.token_use in ["id", "access"]', [
    'claims.token_use == "id"',
    'claims.token_use == "access"',
  ]);
  const other = { token_use: "other" };
  expect(
    await verdicts(document, [
      [claimsOf(id), { rule: "first" }],
      [claimsOf(access), { rule: "second" }],
      [patched(claimsOf(id), other), { denial: "token_claim_invalid" }],
      [patched(claimsOf(access), { client_id: "another" }), { denial: "token_audience_invalid" }],
    ]),
  ).toEqual([0, "4 passed, 0 failed"]);
});

test("Google's people and service accounts", async () => {
  const [people, machines] = ["Google: People who sign in", "Google: Service accounts"] as const;
  const document = joined([people, machines], undefined, [
    'claims.hd == "example.com" && claims.email_verified == true',
    "claims.email_verified == true",
  ]);
  const stranger = { sub: "109999999999999999999", email: "x@evil.iam.gserviceaccount.com", hd: undefined };
  expect(
    await verdicts(document, [
      [claimsOf(people), { rule: "first" }],
      [claimsOf(machines), { rule: "second" }],
      [patched(claimsOf(people), stranger), { denial: "role_not_granted" }],
      [patched(claimsOf(people), { hd: "example.org" }), { denial: "role_not_granted" }],
      [patched(claimsOf(machines), stranger), { denial: "role_not_granted" }],
    ]),
  ).toEqual([0, "5 passed, 0 failed"]);
});
