// A function finds what is deployed with it, and nothing else: its own files, its layers, the runtime's AWS SDK.
import { mkdir, mkdtemp, readdir, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FunctionDefinition } from "../../../../deploy/local/aws/model.js";
import { removeFolder } from "../../../../deploy/local/aws/lambda/task-folder.js";
import { fixture, type Harness, serveFunctions, without } from "./lambda-harness.js";

let folder: string;
let harness: Harness | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grantway-test-"));
});
afterEach(async () => {
  await harness?.close();
  harness = undefined;
  await rm(folder, { recursive: true });
});

const write = async (name: string, text: string): Promise<void> => {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
};
const installPackage = async (modules: string, name: string, value: string): Promise<void> => {
  await write(`${modules}/${name}/package.json`, JSON.stringify({ name, main: "index.cjs" }));
  await write(`${modules}/${name}/index.cjs`, `module.exports = ${JSON.stringify(value)};`);
};
const plain = (overrides: Partial<FunctionDefinition> = {}): FunctionDefinition =>
  without(
    "build",
    fixture("f", "BUFFERED", {
      codeFolder: join(folder, "app/code"),
      handler: "index.handler",
      ...overrides,
    }),
  );
const call = async (definition: FunctionDefinition) => {
  harness = await serveFunctions([definition]);
  const { status, body } = await harness.call("/f");
  const said = harness.log.map(({ message }) => message).join("\n");
  return { status, body, said };
};
const importing = (name: string) => `import value from "${name}"; export const handler = async () => value;`;

test("an old build that the closing twin removes meanwhile is no fault", async () => {
  for (let round = 0; round < 20; round += 1) {
    const names = Array.from({ length: 40 }, (_, at) => `old/${at % 8}/${at}/index.js`);
    await Promise.all(names.map((name) => write(name, "")));
    const old = join(folder, "old");
    await Promise.all([rm(old, { recursive: true, force: true, maxRetries: 3 }), removeFolder(old)]);
    expect(await readdir(folder)).toEqual([]);
  }
});

test("inline code runs as index.js, CommonJS, and nothing of the template's folder is deployed with it", async () => {
  await write("app/code/other.js", "exports.x = 1;");
  const inlineCode =
    'exports.handler = async () => require("node:fs").readdirSync(process.env.LAMBDA_TASK_ROOT).sort();';
  const { body } = await call(plain({ inlineCode }));
  expect(JSON.parse(body)).toEqual(["index.js", "package.json"]);
});

test("a package in the function's own folder is found", async () => {
  await installPackage("app/code/node_modules", "mine", "own");
  await write("app/code/index.mjs", importing("mine"));
  expect(await call(plain())).toMatchObject({ body: '"own"' });
});

test("a package in a folder above is not: it is not deployed", async () => {
  await installPackage("app/node_modules", "above", "wrong");
  await write("app/code/index.mjs", importing("above"));
  const { status, said } = await call(plain());
  expect(status).toBe(502);
  expect(said).toContain("Runtime.ImportModuleError");
});

test.each([
  ["import", "index.mjs", importing("both")],
  ["require", "index.js", `const value = require("both"); exports.handler = async () => value;`],
])("%s finds the last layer's package, and the function's own before it", async (_way, file, source) => {
  await installPackage("one/nodejs/node_modules", "both", "first");
  await installPackage("two/nodejs/node_modules", "both", "second");
  const layers = [join(folder, "one"), join(folder, "two")];
  await write(`app/code/${file}`, source);
  expect(await call(plain({ layers }))).toMatchObject({ body: '"second"' });
  await harness?.close();
  await installPackage("one/nodejs/node24/node_modules", "both", "of this version");
  expect(await call(plain({ layers }))).toMatchObject({ body: '"of this version"' });
  await harness?.close();
  await installPackage("app/code/node_modules", "both", "own");
  expect(await call(plain({ layers }))).toMatchObject({ body: '"own"' });
});

test("the AWS SDK is the runtime's", async () => {
  await installPackage("app/node_modules", "@aws-sdk/client-x", "sdk");
  await write("app/code/index.mjs", importing("@aws-sdk/client-x"));
  expect(await call(plain())).toMatchObject({ body: '"sdk"' });
});

test("a package left out of a bundle comes from a layer, or is missing", async () => {
  const build: FunctionDefinition["build"] & object = {
    entryPoints: ["index.ts"],
    format: "esm",
    outExtension: ".mjs",
    target: "es2022",
    external: ["left-out"],
  };
  await write("app/code/index.ts", importing("left-out"));
  await installPackage("app/code/node_modules", "left-out", "not deployed");
  expect(await call({ ...plain(), build })).toMatchObject({ status: 502 });
  await harness?.close();
  await installPackage("layer/nodejs/node_modules", "left-out", "layer");
  expect(await call({ ...plain({ layers: [join(folder, "layer")] }), build })).toMatchObject({
    body: '"layer"',
  });
});

test.each([
  ["ESM in a .js file", { "index.js": "export const handler = async () => 1;" }, 502],
  [
    "... unless package.json says so",
    { "index.js": "export const handler = async () => 1;", "package.json": '{"type":"module"}' },
    200,
  ],
  [
    "an ES module by require",
    {
      "index.cjs": 'exports.handler = async () => require("./m.mjs").one;',
      "m.mjs": "export const one = 1;",
    },
    502,
  ],
  ["top-level await", { "index.mjs": "const one = await 1; export const handler = async () => one;" }, 200],
  ["a handler in the default export", { "index.mjs": "export default { handler: async () => 1 };" }, 200],
  [
    "... of CommonJS, which is what was exported",
    { "index.cjs": "const all = { handler: async () => 1 }; module.exports = all;" },
    200,
  ],
])("%s", async (_title, files, status) => {
  for (const [name, text] of Object.entries(files)) await write(`app/code/${name}`, text);
  expect(await call(plain())).toMatchObject({ status });
});

test("before nodejs24.x a handler is not looked for in the default export of an ES module", async () => {
  await write("app/code/index.mjs", "export default { handler: async () => 1 };");
  expect(await call(plain({ runtime: "nodejs22.x" }))).toMatchObject({ status: 502 });
  await harness?.close();
  await rm(join(folder, "app/code/index.mjs"));
  await write("app/code/index.cjs", "const all = { handler: async () => 1 }; module.exports = all;");
  expect(await call(plain({ runtime: "nodejs22.x" }))).toMatchObject({ status: 200 });
});

test("what Lambda turns off comes back with NODE_OPTIONS, as there", async () => {
  await write("app/code/index.cjs", 'exports.handler = async () => require("./m.mjs").one;');
  await write("app/code/m.mjs", "export const one = 1;");
  const environment = { NODE_OPTIONS: "--experimental-require-module" };
  expect(await call(plain({ environment }))).toMatchObject({ status: 200, body: "1" });
});

test("a link is followed, and code beyond 250 MB stops the start", async () => {
  await write("elsewhere/m.mjs", "export const one = 1;");
  await write(
    "app/code/index.mjs",
    'import { one } from "./linked/m.mjs"; export const handler = async () => one;',
  );
  await symlink(join(folder, "elsewhere"), join(folder, "app/code/linked"));
  expect(await call(plain())).toMatchObject({ body: "1" });
  await write("elsewhere/large", "");
  await truncate(join(folder, "elsewhere/large"), 250 * 1_048_576);
  await expect(serveFunctions([plain()])).rejects.toThrow(
    /f: .* is larger than the 250 MB that Lambda takes/,
  );
});

test("nothing of it has a write bit, which stops all but a superuser, and yet it can be removed", async () => {
  await installPackage("app/node_modules", "@aws-sdk/client-x", "sdk");
  await installPackage("layer/nodejs/node_modules", "layered", "layer");
  await write("app/code/lib/index.mjs", "export const handler = async () => 1;");
  const settings = { temporaryFolder: await mkdtemp(join(folder, "built-")) };
  const definition = plain({ handler: "lib/index.handler", layers: [join(folder, "layer")] });
  harness = await serveFunctions([definition], settings);
  const [workspace = ""] = await readdir(settings.temporaryFolder);
  const built = join(settings.temporaryFolder, workspace, "f");
  const entries = await readdir(built, { recursive: true, withFileTypes: true });
  const writable: string[] = [];
  for (const entry of entries.filter((each) => !each.isSymbolicLink())) {
    const { mode } = await stat(join(entry.parentPath, entry.name));
    if ((mode & 0o222) !== 0) writable.push(entry.name);
  }
  expect(entries.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["task", "lib", "index.mjs", "node_modules", "layered", "index.cjs", "client-x"]),
  );
  expect(writable).toEqual([]);
  // What was linked is not the twin's.
  expect((await stat(join(folder, "app/node_modules/@aws-sdk/client-x"))).mode & 0o200).toBe(0o200);
  await harness.close();
  harness = undefined;
  expect(await readdir(settings.temporaryFolder)).toEqual([]);
});
