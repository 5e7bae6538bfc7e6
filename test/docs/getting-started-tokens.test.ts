// docs/getting-started-aws.md, what it says of its gateway.json: no provider's tokens fit the claims in it as they stand, with
// which words each is refused, and that its values for a first try take them all.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { grantway } from "../cli/run-grantway.js";
import { codeSpans, tableRows } from "./page-tables.js";
import { recipes, type Recipe } from "./provider-page.js";

interface Document {
  readonly issuers: readonly object[];
  readonly roles: readonly [
    { readonly roleArn: string; readonly when: string; readonly tags: { readonly tenant: string } },
  ];
}
const page = readFileSync("docs/getting-started-aws.md", "utf8");
const document = JSON.parse(/```json\n([^]*?)```/.exec(page)?.[1] ?? "{}") as Document;
/** The value of `"when": "..."` where the page speaks of it, outside its document. */
const told = (name: string): string =>
  codeSpans(page.replaceAll(/^```[^]*?^```$/gm, "")).flatMap((code) => {
    const [, value] = new RegExp(`^"${name}": (".*")$`).exec(code) ?? [];
    return value === undefined ? [] : [JSON.parse(value) as string];
  })[0] ?? "";

/** What the provider's sample gets at the page's route: the role, or why not. */
async function outcome(
  { configuration, sample }: Recipe,
  { roles }: Pick<Document, "roles">,
): Promise<string> {
  const { issuers } = parse(configuration) as Document;
  const gateway = { ...document, issuers, roles };
  const cases = [
    {
      ...{ name: "the sample", route: "GET /hello", at: sample.claims.iat + 10 },
      ...{ claims: sample.claims, expect: { denial: "none" } },
    },
  ];
  const { out, err } = await grantway(["test", "t.yaml", "--config", "gateway.json", "--json"], {
    files: { "gateway.json": gateway, "t.yaml": { cases } },
  });
  expect(err).toBe("");
  const report = JSON.parse(out) as { cases: [{ differences: { actual: string[] }[] }] };
  return report.cases[0].differences[0]?.actual[0] ?? "";
}

const outcomes = async (roles: Document["roles"]) =>
  Promise.all(recipes.map(async (recipe) => [recipe.title, await outcome(recipe, { roles })] as const));

test("no provider's sample is let in by the claims of the document, and the page names each refusal", async () => {
  const rows = tableRows(page, ["Line", "Fits", "Else"]).map(({ cells }) => cells);
  const named = (line: string) =>
    codeSpans(rows.find((cells) => cells.Line === `\`${line}\``)?.Else ?? "")[0];
  const [forRule, forTenant] = [named("when"), named("tags.tenant")];
  const refused = (await outcomes(document.roles)).map(([title, why]) => [title, why.split(": ")[1]]);
  expect(refused).toHaveLength(14);
  // Okta's alone has the groups.
  expect(refused).toEqual(recipes.map(({ title }) => [title, title === "Okta" ? forTenant : forRule]));
  expect([forRule, forTenant]).toEqual(["role_not_granted", "claim_unrepresentable"]);
});

test("every provider's sample is let in by the values for a first try", async () => {
  const [role] = document.roles;
  const roles = [{ ...role, when: told("when"), tags: { tenant: told("tenant") } }] as const;
  expect(await outcomes(roles)).toEqual(recipes.map(({ title }) => [title, `role: ${role.roleArn}`]));
});
