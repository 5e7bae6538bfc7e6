// The gateway and the bench's programs as JavaScript, in a folder of their own under dist/ (from there Node finds
// node_modules and `"type": "module"`). What is measured is compiled as `npm run build` compiles it.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

export interface Build {
  readonly folder: string;
  remove(): void;
}

/** Quick: by esbuild, which takes a tenth of the time, where no figure counts. */
export async function build(isQuick: boolean): Promise<Build> {
  mkdirSync("dist", { recursive: true });
  const folder = mkdtempSync(join("dist", "bench-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    await (isQuick ? transpile(folder) : compile(folder));
    return { folder, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Without the type check, which `npm test` does: the JavaScript is the same. */
async function compile(folder: string): Promise<void> {
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  await promisify(execFile)(process.execPath, [
    tsc,
    ...["-p", "bench/tsconfig.build.json", "--noCheck", "--outDir", folder],
  ]);
}

async function transpile(folder: string): Promise<void> {
  const esbuild = await import("esbuild");
  await esbuild.build({
    entryPoints: ["server/**/*.ts", "bench/programs/*.ts"],
    outdir: folder,
    outbase: ".",
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
}
