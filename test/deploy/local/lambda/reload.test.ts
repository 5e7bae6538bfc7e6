// A function runs what its files say: changed ones are built again, calls under way finish with what they began with.
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LambdaLogEntry } from "../../../../deploy/local/aws/lambda/function-url.js";
import { fixture, type Harness, serveFunctions, without } from "./lambda-harness.js";

let folder: string;
let harness: Harness;
/** Woken at each line of the log. */
let listeners: (() => void)[] = [];
const log: LambdaLogEntry[] = [];

const code = (text: string): string => join(folder, "code", text);
const handler = (result: string): string => `export const handler = async () => ${result};`;

const serve = async (bundled: boolean, files: Record<string, string>): Promise<void> => {
  await mkdir(code("src"), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(code(name), text);
  const definition = fixture("f", "BUFFERED", { codeFolder: join(folder, "code"), handler: "index.handler" });
  const build = { entryPoints: ["index.ts"], format: "esm", outExtension: ".mjs", target: "es2022" } as const;
  harness = await serveFunctions([bundled ? { ...definition, build } : without("build", definition)], {
    watch: true,
    temporaryFolder: folder,
    log: (entry) => {
      log.push(entry);
      for (const wake of listeners.splice(0)) wake();
    },
  });
};

/** Resolves with the next line that says so; asked for before the files are written. */
const told = async (what: string): Promise<LambdaLogEntry> => {
  for (let at = log.length; ; at += 1) {
    if (log[at] === undefined) await new Promise<void>((resolve) => listeners.push(resolve));
    const entry = log[at];
    if (entry?.message.includes(what)) return entry;
  }
};
const changed = "its code has changed: new calls";
const bodyOf = async (): Promise<string> => (await harness.call("/f")).body;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grantway-test-"));
  log.splice(0);
  listeners = [];
});
afterEach(async () => {
  await harness.close();
  await rm(folder, { recursive: true });
});

test("a changed file of a bundle, and a file that it imports from elsewhere", async () => {
  await writeFile(join(folder, "shared.ts"), "export const shared = 1;");
  await serve(true, { "index.ts": `export { shared } from "../shared";${handler("1")}` });
  expect(await bodyOf()).toBe("1");
  let reloaded = told(changed);
  await writeFile(code("index.ts"), `import { shared } from "../shared";${handler("shared + 1")}`);
  await reloaded;
  expect(await bodyOf()).toBe("2");
  reloaded = told(changed);
  await writeFile(join(folder, "shared.ts"), "export const shared = 2;");
  await reloaded;
  expect(await bodyOf()).toBe("3");
});

test("a file that an editor saves by renaming, a new one, and a folder that comes back", async () => {
  await serve(false, { "index.mjs": `export { handler } from "./src/a.mjs";`, "src/a.mjs": handler("1") });
  expect(await bodyOf()).toBe("1");
  let reloaded = told(changed);
  await writeFile(code("src/a.tmp"), handler("2"));
  await rename(code("src/a.tmp"), code("src/a.mjs"));
  await reloaded;
  expect(await bodyOf()).toBe("2");
  reloaded = told(changed);
  await rm(code("src"), { recursive: true });
  await reloaded;
  expect(await harness.call("/f")).toMatchObject({ status: 502 });
  reloaded = told(changed);
  await mkdir(code("src"));
  await writeFile(code("src/a.mjs"), handler("3"));
  await reloaded;
  // The folder and its file may come in two steps.
  while ((await bodyOf()) !== "3") await Promise.resolve();
});

test("code that does not build says so, and what ran before stays, until it is mended", async () => {
  await serve(true, { "index.ts": handler("1") });
  const failed = told("does not build");
  await writeFile(code("index.ts"), "export const handler = (");
  expect(await failed).toMatchObject({
    level: "error",
    message: expect.stringContaining("index.ts:1:") as string,
  });
  expect(await bodyOf()).toBe("1");
  const reloaded = told(changed);
  await writeFile(code("index.ts"), handler("2"));
  await reloaded;
  expect(await bodyOf()).toBe("2");
});

test("a file that a broken change has brought is watched too", async () => {
  await serve(true, { "index.ts": handler("1") });
  for (const [name, broken, mended] of [
    ["src/new.ts", "export const two = (", "export const two = 2;"],
    ["../beside.ts", "export const two = (", "export const two = 2;"],
  ] as const) {
    let failed = told("does not build");
    await writeFile(code(name), broken);
    await writeFile(code("index.ts"), `import { two } from "./${name}";${handler("two")}`);
    await failed;
    let reloaded = told(changed);
    await writeFile(code(name), mended);
    await reloaded;
    expect(await bodyOf()).toBe("2");
    // Imported, and not there yet.
    failed = told("does not build");
    await writeFile(code("index.ts"), `import { three } from "./src/${name.length}.ts";${handler("three")}`);
    await failed;
    reloaded = told(changed);
    await writeFile(code(`src/${name.length}.ts`), "export const three = 3;");
    await reloaded;
    expect(await bodyOf()).toBe("3");
  }
});

test("a call under way finishes in the code it began with, whose build is then removed", async () => {
  const go = join(folder, "go");
  const waiting = `import { existsSync } from "node:fs";
    import { setTimeout as pause } from "node:timers/promises";
    export const handler = async () => {
      console.log("begun");
      while (!existsSync(${JSON.stringify(go)})) await pause(5);
      return "old";
    };`;
  await serve(false, { "index.mjs": waiting });
  const begun = told("begun");
  const old = bodyOf();
  await begun;
  const reloaded = told(changed);
  await writeFile(code("index.mjs"), handler('"new"'));
  await reloaded;
  expect(await bodyOf()).toBe('"new"');
  await writeFile(go, "");
  expect(await old).toBe('"old"');
  const [workspace = ""] = (await readdir(folder)).filter((name) => name.startsWith("grantway-lambda-"));
  while ((await readdir(join(folder, workspace, "f"))).includes("0")) await Promise.resolve();
});

test("without watch, nothing is built again", async () => {
  await serve(false, { "index.mjs": handler("1") });
  await harness.close();
  harness = await serveFunctions(
    [without("build", fixture("f", "BUFFERED", { codeFolder: code("."), handler: "index.handler" }))],
    { log: (entry) => log.push(entry) },
  );
  expect(await bodyOf()).toBe("1");
  await writeFile(code("index.mjs"), handler("2"));
  expect(await bodyOf()).toBe("1");
});
