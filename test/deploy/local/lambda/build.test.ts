import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
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
  const task = join(folder, "task");
  expect(await readdir(task)).toEqual(["handler.mjs"]);
  expect(built).toMatchObject({
    folder: task,
    handlerFile: join(task, "handler.mjs"),
    exportPath: "handler",
    sources: [
      expect.stringMatching(/handlers\/long\/progress.ts$/),
      expect.stringMatching(/handlers\/long\/handler.ts$/),
    ],
  });
});

test("it is minified and mapped to its sources where the template says so", async () => {
  const { build, ...definition } = deployed("long");
  if (build === undefined) throw new Error("no build settings");
  const sizes = await Promise.all(
    [false, true].map(async (minify) => {
      const built = await buildFunction(
        { ...definition, build: { ...build, minify } },
        join(folder, String(minify)),
      );
      return (await stat(built.handlerFile)).size;
    }),
  );
  expect(sizes[1]).toBeLessThan((sizes[0] ?? 0) * 0.8);
  await buildFunction({ ...definition, build: { ...build, sourcemap: true } }, join(folder, "mapped"));
  expect(await readdir(join(folder, "mapped/task"))).toEqual(["handler.mjs", "handler.mjs.map"]);
});

test("a stack names the line of the source, not of the bundle", async () => {
  const build = { ...fixture("throws").build, sourcemap: true } as FunctionDefinition["build"] & object;
  const { call, log, close } = await serveFunctions([fixture("throws", "BUFFERED", { build })]);
  await call("/throws");
  await close();
  expect(log.map(({ message }) => message).join("\n")).toMatch(/functions\.ts:\d+:\d+/);
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
