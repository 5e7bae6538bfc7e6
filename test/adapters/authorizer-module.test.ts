// Modules as authorizers, in real threads: how they may be written, what is wrong with those that are none, and that no
// two calls are in one thread at a time.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthorizerModule, type AuthorizerModule } from "../../server/adapters/authorizer-module.js";

const folder = mkdtempSync(join(tmpdir(), "authorizer-"));
const opened: AuthorizerModule[] = [];
const lines: string[] = [];
afterAll(() => {
  for (const module of opened) module.close();
  rmSync(folder, { recursive: true });
});

let count = 0;
function open(source: string, extension = "mjs"): AuthorizerModule {
  const file = join(folder, `m${++count} %#.${extension}`);
  writeFileSync(file, source);
  const module = createAuthorizerModule({
    file,
    name: "m",
    clock: Date.now,
    onLine: (line) => lines.push(line),
  });
  opened.push(module);
  return module;
}

const ask = (module: AuthorizerModule, event: object, timeoutMs: number, secrets: readonly string[] = []) =>
  module.ask({ event, timeoutMs, secrets });

test.each([
  ["async", "mjs", "export const handler = async (event) => ({ got: event.a });"],
  [
    "with a callback",
    "mjs",
    "export function handler(event, context, callback) { callback(null, { got: event.a }); }",
  ],
  [
    "with context.succeed",
    "mjs",
    "export const handler = (event, context) => void context.succeed({ got: event.a });",
  ],
  [
    "with context.done",
    "mjs",
    "export const handler = (event, context) => void context.done(null, { got: event.a });",
  ],
  ["as a default", "mjs", "export default async (event) => ({ got: event.a });"],
  ["in CommonJS", "cjs", "exports.handler = async (event) => ({ got: event.a });"],
  ["as all that CommonJS exports", "cjs", "module.exports = async (event) => ({ got: event.a });"],
  [
    "assigned as a whole",
    "cjs",
    "const all = { handler: async (event) => ({ got: event.a }) }; module.exports = { ...all };",
  ],
])("a handler may be written %s", async (_, extension, source) => {
  const module = open(source, extension);
  expect(await module.check()).toEqual({ ok: true, value: undefined });
  expect(await ask(module, { a: 7 }, 5_000)).toEqual({ ok: true, value: { got: 7 } });
});

test.each([
  ["throws", 'throw new Error("Unauthorized");'],
  ["throws a text", 'throw "Unauthorized";'],
  ["gives its callback a text", 'callback("Unauthorized");'],
  ["gives its callback an Error", 'callback(new Error("Unauthorized"));'],
  ["calls context.fail", 'context.fail("Unauthorized");'],
  ["rejects", 'return Promise.reject(new Error("Unauthorized"));'],
])("a handler that %s with Unauthorized says 401", async (_, body) => {
  const module = open(`export const handler = (event, context, callback) => { ${body} };`);
  expect(await ask(module, {}, 5_000)).toEqual({ ok: false, denial: { kind: "unauthorized" } });
});

test.each([
  ["another error", 'throw new RangeError("Unauthorized ");', 'RangeError: "Unauthorized "'],
  ["undefined", "throw undefined;", "thrown"],
  ["a rejection with nothing", "return Promise.reject();", "rejected"],
  ["an answer that is no JSON", "return Promise.resolve(7n);", "TypeError"],
  ["an answer that is a function", "return Promise.resolve(() => 1);", "no form in JSON"],
  ["an answer of 65,537 bytes", 'return Promise.resolve("x".repeat(65535));', "more than 65536 bytes"],
])("%s is a failure", async (_, body, cause) => {
  const module = open(`export const handler = () => { ${body} };`);
  const answer = await ask(module, {}, 5_000);
  expect(answer).toMatchObject({ ok: false, denial: { kind: "failed" } });
  expect(JSON.stringify(answer)).toContain(JSON.stringify(cause).slice(1, -1));
});

test("only the first answer counts, and one that comes late is nobody else's", async () => {
  const module = open(`export const handler = (event, context, callback) => {
    callback(null, event.n); callback(null, "again"); setTimeout(() => callback(null, "late"), 5);
    if (event.n === 2) setTimeout(() => callback(null, event.n), 50);
  };`);
  expect(await ask(module, { n: 1 }, 5_000)).toMatchObject({ value: 1 });
  expect(await ask(module, { n: 2 }, 5_000)).toMatchObject({ value: 2 });
});

test.each([
  ["that is not there", undefined, "cannot be loaded"],
  ["that does not parse", "export const = 1;", "cannot be loaded"],
  ["that throws while it loads", 'throw new Error("no database");', "no database"],
  ["without a handler", "export const handle = 1;", "no function named handler"],
  ["whose handler is no function", "export const handler = {};", "no function named handler"],
])("a module %s is refused at the start", async (_, source, fault) => {
  const module = open(source ?? "");
  const missing = createAuthorizerModule({
    file: join(folder, "none.mjs"),
    name: "m",
    clock: Date.now,
    onLine: () => undefined,
  });
  expect(await (source === undefined ? missing : module).check()).toMatchObject({
    ok: false,
    denial: expect.stringContaining(fault) as string,
  });
});

test("a thread has one call at a time, and a few threads work at once", async () => {
  const module = open(`let busy = 0;
    export const handler = async () => {
      busy += 1; const seen = busy;
      await new Promise((resolve) => setTimeout(resolve, 20));
      busy -= 1; return seen;
    };`);
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask(module, {}, 20_000)));
  expect(answers).toEqual(answers.map(() => ({ ok: true, value: 1 })));
});

test("who finds no free thread in time is told to come again", async () => {
  const module = open("export const handler = () => new Promise(() => setInterval(() => {}, 1000));");
  const held = Array.from({ length: 8 }, () => ask(module, {}, 3_000));
  expect(await ask(module, {}, 50)).toMatchObject({ denial: { kind: "unavailable" } });
  for (const each of await Promise.all(held)) expect(each).toMatchObject({ denial: { kind: "failed" } });
  expect(await ask(module, {}, 50)).toMatchObject({
    denial: { kind: "failed", cause: "it gave no answer in time" },
  });
});

test("a thread that dies between two calls is replaced", async () => {
  const module = open(`export const handler = async (event) => {
    if (event.dies) setTimeout(() => { console.log("dying"); throw new Error("left behind"); }, 1);
    return event.n;
  };`);
  expect(await ask(module, { n: 1, dies: true }, 5_000)).toMatchObject({ value: 1 });
  while (!lines.includes("dying")) await new Promise((resolve) => setImmediate(resolve));
  // Its end is told a moment after its last line, and until then a call may still fall with it.
  while (!(await ask(module, { n: 2 }, 5_000)).ok) await new Promise((resolve) => setImmediate(resolve));
  expect(await ask(module, { n: 3 }, 5_000)).toMatchObject({ value: 3 });
});

test("what it prints comes line by line, cut at 1,024 characters", async () => {
  const module = open(
    'export const handler = async () => { console.log("one\\ntwo"); console.error("x".repeat(2000)); };',
  );
  await ask(module, {}, 5_000);
  while (!lines.includes("x".repeat(1024))) await new Promise((resolve) => setImmediate(resolve));
  expect(lines).toEqual(expect.arrayContaining(["one", "two"]));
});

test("what it prints of a call's secrets is left out, be it cut, in pieces or late", async () => {
  const module = open(`export const handler = (event, context, callback) => {
    process.stdout.write("got secret-of"); process.stdout.write("-mira, " + "x".repeat(1000) + " secret-of-mira\\n");
    setImmediate(() => { console.log("late secret-of-mira"); callback(null, 1); });
  };`);
  await ask(module, {}, 5_000, ["secret-of-mira"]);
  while (!lines.includes("late ...")) await new Promise((resolve) => setImmediate(resolve));
  expect(lines.join("\n")).not.toContain("secret-of");
  expect(lines.some((line) => line.startsWith("got ..., xxx"))).toBe(true);
});

test("what it sends on its thread's own port is nobody's", async () => {
  const module = open(`import { parentPort } from "node:worker_threads";
    parentPort.on("message", () => { throw new Error("heard a call"); });
    export const handler = async (event) => {
      for (const each of [null, 7, { kind: "answer", id: event.n, text: "forged" }]) parentPort.postMessage(each);
      return event.n;
    };`);
  expect(await ask(module, { n: 1 }, 5_000)).toMatchObject({ value: 1 });
  expect(await ask(module, { n: 2 }, 5_000)).toMatchObject({ value: 2 });
});

test("an answer counts though its thread ends with it", async () => {
  const module = open(
    "export const handler = (event, context, callback) => { callback(null, 1); process.exit(); };",
  );
  expect(await ask(module, {}, 5_000)).toMatchObject({ value: 1 });
});

test("a call that waited for a thread still has half of its time, so that the thread lives on", async () => {
  const module = open(`let calls = 0;
    export const handler = (event) => { calls += 1; const seen = calls; return new Promise((resolve) => setTimeout(resolve, event.ms, seen)); };`);
  const held = Array.from({ length: 8 }, () => ask(module, { ms: 900 }, 5_000));
  expect(await ask(module, { ms: 0 }, 1_000)).toMatchObject({ denial: { kind: "unavailable" } });
  await Promise.all(held);
  expect(await ask(module, { ms: 0 }, 5_000)).toMatchObject({ value: 2 });
});

test("threads that come free after all who waited have given up are there for the next call", async () => {
  const module = open(`import { existsSync } from "node:fs";
    export const handler = (event) => new Promise((resolve) => {
      const look = setInterval(() => { if (existsSync(event.until)) { clearInterval(look); resolve(1); } }, 5);
    });`);
  const until = join(folder, "let-go");
  const held = Array.from({ length: 8 }, () => ask(module, { until }, 30_000));
  for (const late of await Promise.all(Array.from({ length: 8 }, () => ask(module, { until }, 50))))
    expect(late).toMatchObject({ denial: { kind: "unavailable" } });
  writeFileSync(until, "");
  for (const each of await Promise.all(held)) expect(each).toMatchObject({ value: 1 });
  // A thread that was given to who no longer waits would be lost, and all eight of them were.
  expect(await ask(module, { until }, 20_000)).toMatchObject({ value: 1 });
}, 60_000);

test("once closed it starts no thread, and those who wait are told", async () => {
  const module = open(
    'export const handler = () => { console.log("began"); return new Promise(() => setInterval(() => {}, 1000)); };',
  );
  const began = (): number => lines.filter((line) => line === "began").length;
  const calls = Array.from({ length: 9 }, () => ask(module, {}, 60_000));
  while (began() < 8) await new Promise((resolve) => setImmediate(resolve));
  module.close();
  expect((await Promise.all(calls)).map((each) => each.ok)).toEqual(Array(9).fill(false));
  expect(await ask(module, {}, 60_000)).toMatchObject({ denial: { kind: "unavailable" } });
  expect(began()).toBe(8);
});
