import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFunction } from "../../../../deploy/local/aws/lambda/build.js";
import type { FunctionDefinition } from "../../../../deploy/local/aws/model.js";
import { deployed, fixture, serveFunctions, without } from "./lambda-harness.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grantway-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a built function is one module in the out folder", async () => {
  const built = await buildFunction(deployed("long"), folder);
  expect(await readdir(folder)).toEqual(["handler.mjs"]);
  expect(built).toMatchObject({ folder, handlerFile: join(folder, "handler.mjs"), exportPath: "handler" });
});

const as = (handler: string, overrides: Partial<FunctionDefinition> = {}): FunctionDefinition => ({
  ...deployed("hello"),
  handler,
  ...overrides,
});

test.each([
  ["a handler without an export", as("handler"), '"handler" is not "file.export"'],
  ["a handler outside the code", as("../hello/handler.handler"), 'is not "file.export"'],
  ["a handler whose file is not there", as("index.handler"), "no index.js, .mjs or .cjs in"],
  [
    "an entry point that is not there",
    as("handler.handler", { codeFolder: __dirname }),
    "esbuild cannot bundle it",
  ],
])("%s stops the start and names the function", async (_name, definition, message) => {
  await expect(buildFunction(definition, folder)).rejects.toThrow(message);
  await expect(buildFunction(definition, folder)).rejects.toThrow(/^hello: /);
});

test("a source that does not parse stops the start", async () => {
  await writeFile(join(folder, "handler.ts"), "export const handler = (");
  await expect(buildFunction(as("handler.handler", { codeFolder: folder }), folder)).rejects.toThrow(
    "handler.ts:1:",
  );
});

test("a function without a URL cannot be mounted", async () => {
  await expect(serveFunctions([without("url", fixture("count"))])).rejects.toThrow(
    "count has no function URL here",
  );
});

describe("what was built", () => {
  test("is removed when the twin closes", async () => {
    const { close } = await serveFunctions([deployed("hello")], { temporaryFolder: folder });
    const built = await readdir(folder);
    await close();
    expect(built).toHaveLength(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test("is removed when the start fails", async () => {
    const functions = [deployed("hello"), as("index.handler", { logicalId: "bad" })];
    await expect(serveFunctions(functions, { temporaryFolder: folder })).rejects.toThrow(/bad: no index.js/);
    expect(await readdir(folder)).toEqual([]);
  });
});
