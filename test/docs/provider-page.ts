// docs/identity-providers.md taken apart: its sections, and in each the recipes: a sample token, the block that takes it,
// what it gets. Throws on a page that is out of shape, so that no block stands on it untested.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

export const path = "docs/identity-providers.md";

export interface Sample {
  readonly header: { readonly alg: string; readonly kid: string; readonly typ?: string };
  readonly claims: Readonly<Record<string, unknown>> & { readonly iss: string; readonly iat: number };
}

export interface Recipe {
  /** `Google: Service accounts`, or the section's title where it has one recipe. */
  readonly title: string;
  readonly sample: Sample;
  /** `issuers` and `roles` as the page has them, with a route behind. */
  readonly configuration: string;
  readonly expect: object;
}

export interface Section {
  readonly title: string;
  readonly recipes: readonly Recipe[];
  /** Blocks that are of no recipe: what callers write. */
  readonly others: readonly string[];
}

const route = `
routes:
  - route: GET /reports/{proxy+}
    name: reports
    target: { invoke: "arn:aws:lambda:eu-west-1:123456789012:function:reports:live" }
sts: { region: eu-west-1 }
`;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** A part of the page under one heading: its title and text, up to the next heading of that level. */
const parts = (text: string, level: number): { title: string; body: string }[] =>
  text
    .split(new RegExp(`^${"#".repeat(level)} `, "m"))
    .slice(1)
    .map((part) => {
      const [title = "", ...body] = part.split("\n");
      return { title, body: body.join("\n") };
    });

const blocksOf = (body: string, language: string): string[] =>
  Array.from(
    body.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms")),
    ([, block = ""]) => block,
  );

function recipeOf(title: string, body: string): { recipes: Recipe[]; others: string[] } {
  const yaml = blocksOf(body, "yaml").map((block) => ({ block, document: parse(block) as unknown }));
  const having = (key: string) => yaml.filter(({ document }) => isRecord(document) && key in document);
  const [samples, blocks, expected] = [blocksOf(body, "json"), having("issuers"), having("expect")];
  const others = yaml.filter((one) => !blocks.includes(one) && !expected.includes(one));
  const counts = [samples.length, blocks.length, expected.length];
  if (counts.every((count) => count === 0)) return { recipes: [], others: others.map(({ block }) => block) };
  const [sample, block, expectation] = [samples[0], blocks[0]?.block, expected[0]?.document];
  if (counts.some((count) => count !== 1) || !sample || !block || !isRecord(expectation)) {
    throw new Error(`${title}: samples, blocks and expectations are ${counts.join(", ")}, not one of each`);
  }
  const recipe = {
    title,
    sample: JSON.parse(sample) as Sample,
    configuration: block + route,
    expect: expectation.expect as object,
  };
  return { recipes: [recipe], others: others.map((other) => other.block) };
}

function sectionOf({ title, body }: { title: string; body: string }): Section {
  const [own = ""] = body.split(/^### /m);
  const found = [
    recipeOf(title, own),
    ...parts(body, 3).map((part) => recipeOf(`${title}: ${part.title}`, part.body)),
  ];
  return {
    title,
    recipes: found.flatMap(({ recipes }) => recipes),
    others: found.flatMap(({ others }) => others),
  };
}

export const pageText = readFileSync(path, "utf8");

/** The sections about a provider, in the page's order. */
export const sections = parts(pageText, 2)
  .filter(({ title }) => title !== "What holds for all")
  .map(sectionOf);

export const recipes = sections.flatMap((section) => section.recipes);

export function recipeNamed(title: string): Recipe {
  const recipe = recipes.find((one) => one.title === title);
  if (recipe === undefined) throw new Error(`the page has no recipe ${title}`);
  return recipe;
}

/** The rows of the table at the top, by provider. */
export const table = new Map(
  Array.from(
    pageText.matchAll(/^\| \[([^\]]+)\]\(#([^)]+)\) +\|(.+)\|$/gm),
    ([, title = "", anchor, cells = ""]) => {
      const [issuer = "", , alg = "", typ = ""] = cells.split("|").map((cell) => cell.trim());
      return [title, { anchor, issuer, alg, typ }] as const;
    },
  ),
);
