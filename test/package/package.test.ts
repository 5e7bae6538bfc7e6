// What `npm pack` makes is what a user needs and nothing else, and it works where only that is installed.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { laptopEnvironment } from "../cli/configurations.js";
import { manifest, npx, pack, type Packed } from "./packed.js";

let packed: Packed;
beforeAll(() => {
  packed = pack();
}, 600_000);
afterAll(() => {
  packed.remove();
});

const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(join(packed.checkout, folder), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(ending),
  );

test("it holds the compiled gateway and client, the schema, the documentation, and nothing else", () => {
  const server = filesOf("server", ".ts").map((file) => `dist/server/${file.replace(/ts$/, "js")}`);
  const client = filesOf("client", ".ts")
    .filter((file) => !file.includes("/"))
    .flatMap((file) => ["js", "d.ts"].map((ending) => `dist/client/${file.replace(/ts$/, ending)}`));
  const docs = filesOf("docs", ".md").map((file) => `docs/${file}`);
  const others = ["package.json", "LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md", "client/README.md"];
  expect(packed.files).toEqual(
    [...server, ...client, ...docs, ...others, "server/config/gateway.schema.json"].toSorted(),
  );
});

test("it loads nothing that is not among its dependencies", () => {
  const own = new Set([...Object.keys(manifest.dependencies), ...builtinModules]);
  const foreign = packed.files
    .filter((file) => file.endsWith(".js"))
    .flatMap((file) =>
      Array.from(
        readFileSync(join(packed.installed, file), "utf8").matchAll(
          /^(?:import|export)\b[^"';]*\bfrom "([^".][^"]*)"|\bimport\("([^".][^"]*)"\)/gm,
        ),
        ([, named, loaded]) => named ?? loaded ?? "",
      ),
    )
    .map((name) => name.replace(/^node:/, "").replace(/^((?:@[^/]+\/)?[^/]+).*/, "$1"));
  expect(new Set(foreign)).toContain("express");
  expect([...new Set(foreign)].filter((name) => !own.has(name))).toEqual([]);
});

test("npx grantway says its version", () => {
  expect(npx(packed, "--version")).toMatchObject({ status: 0, stdout: `${manifest.version}\n` });
});

test("npx grantway checks a configuration", () => {
  const config = join(process.cwd(), "deploy/local/gateway.yaml");
  const environment = Object.entries(laptopEnvironment()).flatMap(([name, value]) => [
    "--env",
    `${name}=${value}`,
  ]);
  expect(npx(packed, "check", config, ...environment).status).toBe(0);
  expect(npx(packed, "check", "none.yaml").status).toBe(78);
});

test("the client can be imported from it", () => {
  const program = join(packed.project, "program.mjs");
  writeFileSync(program, 'import { createClient } from "grantway/client"; console.log(typeof createClient);');
  expect(execFileSync(process.execPath, [program], { encoding: "utf8" })).toBe("function\n");
});

test("every version is told in the changelog, and pages that name the tarball name this one", () => {
  expect(readFileSync("CHANGELOG.md", "utf8")).toContain(`\n## ${manifest.version}\n`);
  const named = readFileSync("client/README.md", "utf8").match(/grantway-\d+\.\d+\.\d+\.tgz/g);
  expect(new Set(named)).toEqual(new Set([`grantway-${manifest.version}.tgz`]));
});
