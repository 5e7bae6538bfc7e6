import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatJsonSchema, gatewayJsonSchema } from "../../server/config/json-schema.js";

type Node = Readonly<Record<string, unknown>>;

/** Every `properties` entry of the schema, with its path. */
function propertiesOf(node: unknown, path = ""): [string, Node][] {
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node as Node).flatMap(([key, member]) => {
    if (key !== "properties") return propertiesOf(member, path);
    return Object.entries(member as Node).flatMap(([name, property]): [string, Node][] => [
      [`${path}/${name}`, property as Node],
      ...propertiesOf(property, `${path}/${name}`),
    ]);
  });
}

const schema = gatewayJsonSchema();
const properties = new Map(propertiesOf(schema));

test("gateway.schema.json is what the schema says now (else: npm run schema)", () => {
  const file = join(process.cwd(), "server/config/gateway.schema.json");
  expect(readFileSync(file, "utf8")).toBe(formatJsonSchema());
});

test("every key is described", () => {
  const silent = [...properties].filter(([, { description }]) => typeof description !== "string");
  expect(silent.map(([path]) => path)).toEqual([]);
  expect(properties.size).toBeGreaterThan(50);
});

test("defaults are shown as they are written", () => {
  const shown = ["/listen/port", "/listen/drain", "/roles/duration", "/routes/timeout", "/routes/doors"];
  expect(shown.map((path) => properties.get(path)?.default)).toEqual([
    8080,
    "15m30s",
    "1h",
    "15m",
    ["proxy", "grant"],
  ]);
});

test("unknown keys are refused at every level, and audience must be there", () => {
  const objects = [schema, ...properties.values()].flatMap((node) => [node, node.items as Node | undefined]);
  const closed = objects.filter((node) => node?.properties !== undefined);
  expect(closed.every((node) => node?.additionalProperties === false)).toBe(true);
  expect((properties.get("/issuers")?.items as Node).required).toEqual(["name", "issuer", "audience"]);
});

test("a reference to the environment may stand for numbers and for text of a shape", () => {
  for (const path of ["/listen/port", "/roles/roleArn", "/sts/region"]) {
    const branches = properties.get(path)?.anyOf as { pattern?: string }[];
    expect(
      branches.some(({ pattern }) => pattern !== undefined && new RegExp(pattern).test("${env.X}")),
    ).toBe(true);
  }
});

test("every pattern is a Unicode regular expression, as JSON Schema's readers compile them", () => {
  const patterns = [...formatJsonSchema().matchAll(/"pattern": (".*")/g)].map(
    ([, text]) => JSON.parse(text ?? "") as string,
  );
  expect(patterns.length).toBeGreaterThan(10);
  for (const pattern of patterns) expect(() => new RegExp(pattern, "u")).not.toThrow();
});
