// docs/identity-providers.md, run: every block is loaded, checked and tried with its sample by the product's own command,
// beside tokens that miss by a little. What authenticate does with them: provider-tokens.test.ts.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expressionsIn } from "../../server/cli/expressions-in.js";
import { factsOf } from "../../server/core/expression-facts.js";
import { grantway } from "../cli/run-grantway.js";
import { settingsOf } from "../config/documents.js";
import { patched, type Claims } from "./patched-claims.js";
import { nearMisses, recipesWithNearMisses } from "./provider-near-misses.js";
import { pageText, path, recipes, sections, table, type Recipe } from "./provider-page.js";

/** Issue 7's list. */
const providers = [
  "Auth0",
  "Amazon Cognito",
  "Microsoft Entra ID",
  "Google",
  "Keycloak",
  "Okta",
  "GitHub Actions",
  "GitLab CI",
  "Fly.io",
  "Kubernetes",
  "AWS workloads",
];

interface TestCase {
  readonly name: string;
  readonly claims: Claims;
  readonly expect: object;
}

const run = (command: readonly string[], { configuration, sample }: Recipe, cases: readonly TestCase[]) => {
  const at = sample.claims.iat + 10;
  const file = { cases: cases.map((each) => ({ route: "GET /reports/7", at, ...each })) };
  return grantway(command, { files: { "gateway.yaml": configuration, "t.yaml": file } });
};

const allowed = ({ sample, expect }: Recipe): TestCase => ({
  name: "the sample",
  claims: sample.claims,
  expect,
});

/** What `grantway test` calls it, of each claim set. */
const outcomes = async (recipe: Recipe, sets: readonly (readonly [string, Claims])[]) => {
  const cases = sets.map(([name, claims]) => ({ name, claims, expect: { denial: "none" } }));
  const { out } = await run(["test", "t.yaml", "--json"], recipe, cases);
  const told = JSON.parse(out) as { cases: { name: string; differences: { actual: string[] }[] }[] };
  return told.cases.map(({ name, differences }) => [name, differences[0]?.actual[0] ?? ""] as const);
};

describe("the page", () => {
  test("has a section, with a recipe and near misses, for every provider and nothing else", () => {
    expect(sections.map(({ title }) => title)).toEqual(providers);
    expect(sections.filter((section) => section.recipes.length === 0)).toEqual([]);
    expect(recipes.map(({ title }) => title)).toEqual(recipesWithNearMisses);
  });

  test("has Cognito's two tokens, Google's two callers and both kinds of cluster", () => {
    const counts = sections.map(({ title, recipes: { length } }) => [title, length] as const);
    expect(counts.filter(([, count]) => count > 1)).toEqual([
      ["Amazon Cognito", 2],
      ["Google", 2],
      ["Kubernetes", 2],
    ]);
  });

  test.each(sections)("says in its table what the samples of $title show", ({ title, recipes: own }) => {
    const row = table.get(title);
    expect(row?.anchor).toBe(title.toLowerCase().replaceAll(".", "").replaceAll(" ", "-"));
    const forms = Array.from(row?.issuer.matchAll(/`(https:[^`]+)`/g) ?? [], ([, form = ""]) => {
      const escaped = form.replaceAll(".", "\\.").replace("HOST", "[\\w.]+");
      return new RegExp(`^${escaped.replace(/\b[A-Z]{2,}\b/g, "[\\w-]+")}$`);
    });
    expect(own.some(({ sample }) => forms.some((form) => form.test(sample.claims.iss)))).toBe(true);
    for (const { sample } of own) {
      expect(row?.alg.split(", ")).toContain(sample.header.alg);
      expect(row?.typ).toMatch(sample.header.typ === undefined ? /none/ : /`JWT`|^UNCONFIRMED$/);
    }
  });

  test("writes tokens into files without a line's end, which AWS SDKs refuse", () => {
    const writing = pageText
      .split("\n")
      .filter((line) => /> (?:\/run\/token|"\$RUNNER_TEMP\/token")/.test(line));
    expect(writing).toHaveLength(4);
    expect(writing.filter((line) => !/printf %s "\$\(|jq -ej /.test(line))).toEqual([]);
  });

  test("leads nowhere that is not there", () => {
    const links = Array.from(pageText.matchAll(/\]\(([^)#\s]+)\)/g), ([, to = ""]) => to);
    expect(links).not.toEqual([]);
    expect(links.filter((to) => !existsSync(join(dirname(path), to)))).toEqual([]);
  });
});

describe.each(recipes)("the block for $title", (recipe) => {
  const { sample } = recipe;

  test("has no faults and nothing to warn of, and its sample sets every claim that it reads", async () => {
    const { status, out, err } = await run(
      ["check", "gateway.yaml", "--strict", "--tests", "t.yaml"],
      recipe,
      [allowed(recipe)],
    );
    expect({ status, err, warnings: out.match(/^ +warning.*/gm) }).toEqual({
      status: 0,
      err: "",
      warnings: null,
    });
  });

  test("gives the sample the role, session name and tags that stand there", async () => {
    expect(Object.keys(recipe.expect)).toEqual(expect.arrayContaining(["role", "sessionName", "tags"]));
    const { out, status } = await run(["test", "t.yaml"], recipe, [allowed(recipe)]);
    expect([status, out]).toEqual([0, "✓ the sample\n\n1 passed, 0 failed\n"]);
  });

  test("refuses near misses, each for its reason", async () => {
    const misses = nearMisses(recipe.title);
    expect(misses.length).toBeGreaterThan(3);
    const sets = misses.map(
      ({ name, claims }) => [name, leftOut(patched(sample.claims, claims), sample.claims)] as const,
    );
    const told = await outcomes(recipe, sets);
    expect(told.map(([name, actual]) => [name, /^denial: (\w+)/.exec(actual)?.[1]])).toEqual(
      misses.map(({ name, denial }) => [name, denial]),
    );
  });

  const { issuers, roles } = settingsOf(recipe.configuration);
  const sources = expressionsIn([issuers, roles]).map(({ source }) => source);
  const deciding = [
    ...issuers.flatMap(({ accept }) => accept?.source ?? []),
    ...roles.map(({ when }) => when.source),
  ];
  const claimsOf = (expressions: readonly string[]) => [
    ...new Set(expressions.flatMap((source) => factsOf(source).claims)),
  ];

  test("refuses the sample when any one claim that it reads is missing", async () => {
    const sets = claimsOf(sources).map(
      (name) => [name, patched(sample.claims, { [name]: undefined })] as const,
    );
    const told = await outcomes(recipe, sets);
    expect(told.filter(([, actual]) => !actual.startsWith("denial: "))).toEqual([]);
    expect(told).not.toEqual([]);
  });

  test("refuses the sample when any one claim that decides says something else", async () => {
    const sets = claimsOf(deciding).flatMap((name) =>
      otherValues(sample.claims[name]).map((value) => [name, { ...sample.claims, [name]: value }] as const),
    );
    const told = await outcomes(recipe, sets);
    expect(told.filter(([, actual]) => !actual.startsWith("denial: "))).toEqual([]);
    expect(told).not.toEqual([]);
  });

  test("refuses the sample for another audience, of another issuer, before its time and after its end", async () => {
    const sets = [
      ["aud", patched(sample.claims, { aud: "https://other.example.com" })],
      ["iss", patched(sample.claims, { iss: `${sample.claims.iss}x` })],
      ["iat", patched(sample.claims, { iat: sample.claims.iat + 50, nbf: undefined })],
      ["exp", patched(sample.claims, { exp: sample.claims.iat - 30 })],
    ] as const;
    const told = await outcomes(recipe, sets);
    expect(told.map(([, actual]) => /^denial: (\w+)/.exec(actual)?.[1])).toEqual([
      "token_audience_invalid",
      "token_issuer_unknown",
      "token_not_yet_valid",
      "token_expired",
    ]);
  });
});

/** A case's aud and exp are taken to be good where they are left out: null says that they are not there. */
const leftOut = (claims: Claims, before: Claims): Claims => ({
  ...("aud" in before ? { aud: null } : {}),
  exp: null,
  ...claims,
});

/** What an attacker might have in its place: near the value, and of another type. */
function otherValues(value: unknown): unknown[] {
  if (typeof value === "string")
    return [`${value}x`, `x${value}`, value.slice(0, -1), "", [value], value.toUpperCase() + "-"];
  if (typeof value === "boolean") return [!value, String(value)];
  if (Array.isArray(value)) return [[], value.map((each) => `${String(each)}x`), "none"];
  return [{}, [], "none"];
}
