// The package as `npm pack` makes it of a fresh checkout, and a project that has it installed. No network: the project's
// parent folder holds links to the production dependencies, and to nothing else.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;

export interface Packed {
  /** Paths in the package, sorted. */
  readonly files: readonly string[];
  /** What it was made of. */
  readonly checkout: string;
  /** A folder with the package in its node_modules. */
  readonly project: string;
  readonly installed: string;
  remove(): void;
}

const notInCheckouts = new Set(["node_modules", ".git", "dist", "coverage", ".cache"]);

const npm = (cwd: string, cache: string, ...args: string[]): string =>
  execFileSync("npm", [...args, "--offline", "--ignore-scripts", "--cache", cache], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

export function pack(): Packed {
  const root = mkdtempSync(join(tmpdir(), "grantway-pack-"));
  const [checkout, project] = [join(root, "checkout"), join(root, "project")];
  cpSync(".", checkout, { recursive: true, filter: (path) => !notInCheckouts.has(basename(path)) });
  symlinkSync(resolve("node_modules"), join(checkout, "node_modules"));
  for (const config of ["tsconfig.build.json", "client/tsconfig.build.json"]) {
    const compiler = resolve("node_modules/typescript/bin/tsc");
    execFileSync(process.execPath, [compiler, "-p", config], { cwd: checkout });
  }
  const cache = join(root, "cache");
  const [made] = JSON.parse(npm(checkout, cache, "pack", "--json")) as [
    { filename: string; files: { path: string }[] },
  ];
  const installed = install(root, join(checkout, made.filename));
  npm(project, cache, "rebuild");
  return {
    files: made.files.map(({ path }) => path).toSorted(),
    checkout,
    project,
    installed,
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** As npm would, but for the dependencies: it would look for them in the registry. */
function install(root: string, tarball: string): string {
  const installed = join(root, "project/node_modules/grantway");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components", "1"]);
  writeFileSync(join(root, "project/package.json"), '{ "name": "somebody", "private": true }');
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(root, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve("node_modules", name), link);
  }
  return installed;
}

/** `npx grantway ...` in the project. */
export function npx({ project }: Packed, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync("npx", ["--offline", "grantway", ...args], {
    cwd: project,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}
