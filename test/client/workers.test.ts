// The example of a Cloudflare Worker in workerd, the runtime that Cloudflare runs: the visitor's own session, and no key.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { startStack, type Stack } from "../fixtures/stack.js";
import { bundle } from "../../deploy/local/demo/bundle.js";
import { clientFolder } from "./client-folder.js";

let stack: Stack;
let folder: string;
let process: ChildProcess;
let origin: string;
beforeAll(async () => {
  stack = await startStack();
  folder = mkdtempSync(join(tmpdir(), "grantway-worker-"));
  writeFileSync(join(folder, "worker.js"), await bundle(join(clientFolder, "examples/worker.ts")));
  writeFileSync(join(folder, "config.capnp"), configuration({ GATEWAY: stack.url, ROUTE: "echo" }));
  // File descriptor 3 is where it says which port it got.
  process = spawn(require.resolve("workerd/bin/workerd"), ["serve", "config.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  origin = `http://127.0.0.1:${await portOf(process.stdio[3] as Readable)}`;
});
afterAll(async () => {
  const ended = once(process, "exit");
  process.kill();
  await Promise.all([ended, stack.close()]);
  rmSync(folder, { recursive: true });
});

/** https://github.com/cloudflare/workerd: it calls nothing but this machine. */
const configuration = (bindings: Record<string, string>): string => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["local", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
  bindings = [${Object.entries(bindings)
    .map(([name, value]) => `(name = "${name}", text = "${value}")`)
    .join(", ")}],
);
`;

async function portOf(control: Readable): Promise<number> {
  for await (const line of createInterface(control)) {
    const { event, port } = JSON.parse(line) as { event: string; port: number };
    if (event === "listen") return port;
  }
  throw new Error("workerd does not listen");
}

const callAs = async (user: string, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(origin + path, { ...init, headers: { authorization: `Bearer ${await stack.issuer.mint(user)}` } });

test("a visitor's call is signed in the Worker with his own session", async () => {
  const answer = await callAs("alice", "/echo/(a)%2F?q=two words", { method: "POST", body: "naïve" });
  expect(answer.status).toBe(200);
  const event = (await answer.json()) as Record<string, unknown>;
  expect(event).toMatchObject({ rawPath: "/echo/(a)%2F", rawQueryString: "q=two%20words" });
  expect(Buffer.from(String(event.body), event.isBase64Encoded ? "base64" : "utf8").toString()).toBe("naïve");
  expect(JSON.stringify(event)).toMatch(/assumed-role\/grantway-analyst\/local[^"]*alice/);
});

test("a refusal of the gateway reaches the visitor", async () => {
  const answer = await callAs("bob", "/echo/x");
  expect([answer.status, await answer.json()]).toEqual([
    403,
    expect.objectContaining({ code: "role_not_granted" }),
  ]);
});

test("without a token nobody is asked", async () => {
  expect((await fetch(`${origin}/echo/x`)).status).toBe(401);
});

test("the visitor's content type reaches the function", async () => {
  const headers = {
    authorization: `Bearer ${await stack.issuer.mint("alice")}`,
    "content-type": "application/json",
  };
  const answer = await fetch(`${origin}/echo/x`, { method: "POST", headers, body: "{}" });
  expect(await answer.json()).toMatchObject({ headers: { "content-type": "application/json" }, body: "{}" });
});

test.each([
  ["a path that cannot be signed as it is", "/echo//x", undefined, 400],
  ["a body larger than AWS takes", "/echo/x", "x".repeat(6_291_457), 413],
])("%s is the visitor's fault", async (_name, path, body, status) => {
  const answer = await callAs("alice", path, body === undefined ? {} : { method: "POST", body });
  expect(answer.status).toBe(status);
});
