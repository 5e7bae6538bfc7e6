// The client as others get it: built, imported as `grantway/client` by name, typed without Node, and small.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundle } from "../../deploy/local/demo/bundle.js";
import { clientFolder } from "./client-folder.js";

const root = join(clientFolder, "..");
const tsc = require.resolve("typescript/bin/tsc");
let project: string;
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "grantway-consumer-"));
  const installed = join(project, "node_modules/grantway");
  mkdirSync(installed, { recursive: true });
  cpSync(join(root, "package.json"), join(installed, "package.json"));
  symlinkSync(join(root, "node_modules/aws4fetch"), join(project, "node_modules/aws4fetch"));
  run([tsc, "-p", join(clientFolder, "tsconfig.build.json"), "--outDir", join(installed, "dist/client")]);
  writeFileSync(join(project, "package.json"), '{"type":"module"}');
  writeFileSync(join(project, "app.ts"), consumer);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What it printed; throws with what it printed. */
function run(args: readonly string[]): string {
  try {
    return execFileSync(process.execPath, args, { cwd: project, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    throw new Error(String((error as { stdout?: string }).stdout) + String(error), { cause: error });
  }
}

const consumer = `
import { createClient, GrantwayError, type Client, type Credentials, type Grant } from "grantway/client";
const client: Client = createClient({ gateway: "https://gw.example.com", route: "reports", token: async () => "jwt" });
export const provider: (options?: Record<string, unknown>) => Promise<Credentials> = client.credentials();
export async function read(signal: AbortSignal): Promise<Grant | string> {
  const { fetch } = client;
  try {
    const answer: Response = await fetch("/reports/7", { door: "grant", method: "POST", body: new FormData(), signal });
    return await answer.text();
  } catch (error) {
    if (error instanceof GrantwayError) return error.problem?.detail ?? error.code;
    return client.grant({ signal, route: "jobs" });
  }
}
// @ts-expect-error -- no Node here
void process;
// @ts-expect-error -- there are two doors
void client.fetch("/x", { door: "back" });
// @ts-expect-error -- without a token nobody is anybody
createClient({ gateway: "https://gw.example.com" });
`;

test.each([
  ["a bundler", ["--module", "esnext", "--moduleResolution", "bundler"]],
  ["Node", ["--module", "nodenext", "--moduleResolution", "nodenext"]],
])("its types are found by %s, with the DOM's types and without Node's", (_title, resolution) => {
  const strict = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022"];
  run([tsc, ...strict, ...resolution, "--lib", "es2022,dom", "app.ts"]);
});

test("its build runs in Node by its name, and gives nothing but its two values", () => {
  const code = 'import * as all from "grantway/client"; console.log(Object.keys(all).join())';
  expect(run(["--input-type=module", "-e", code])).toBe("GrantwayError,createClient\n");
});

test("it loads nothing but aws4fetch, and is under 6,000 bytes with it, minified and gzipped", async () => {
  const entry = join(project, "node_modules/grantway/dist/client/client.js");
  // Bundled as the runtime-neutral thing it is: an import of Node's would fail here. The licence comment of aws4fetch is
  // no code, and a bundler keeps it where its user says.
  const code = await bundle(entry, {
    minify: true,
    platform: "neutral",
    conditions: ["import"],
    legalComments: "none",
  });
  const bytes = gzipSync(code, { level: 9 }).length;
  process.stdout.write(`grantway/client: ${bytes} bytes, minified and gzipped, with aws4fetch\n`);
  expect(code).not.toMatch(/\bimport\b/);
  expect(bytes).toBeLessThan(6_000);
});
