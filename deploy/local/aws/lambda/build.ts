// Bundles a function as SAM's esbuild build method does, and finds the file that its `Handler` names. A function
// without build settings runs from its folder as it is.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { FunctionDefinition } from "../model.js";

export interface BuiltFunction {
  readonly definition: FunctionDefinition;
  /** What Lambda calls LAMBDA_TASK_ROOT. */
  readonly folder: string;
  readonly handlerFile: string;
  readonly exportPath: string;
}

const HANDLER = /^(?<module>(?:[^./]+\/)*[^./]+)\.(?<exportPath>[^/]+)$/;
const EXTENSIONS = [".js", ".mjs", ".cjs"];

/** Throws with the function's logical id when the code does not build or the handler's file is not there. */
export const buildFunction = async (
  definition: FunctionDefinition,
  outFolder: string,
): Promise<BuiltFunction> => {
  const folder = definition.build === undefined ? definition.codeFolder : outFolder;
  if (definition.build !== undefined) await bundle(definition, definition.build, outFolder);
  const { module, exportPath } = HANDLER.exec(definition.handler)?.groups ?? {};
  if (module === undefined || exportPath === undefined)
    throw new Error(`${definition.logicalId}: Handler "${definition.handler}" is not "file.export"`);
  const handlerFile = EXTENSIONS.map((extension) => join(folder, module + extension)).find(existsSync);
  if (handlerFile === undefined)
    throw new Error(`${definition.logicalId}: no ${module}.js, .mjs or .cjs in ${definition.codeFolder}`);
  return { definition, folder, handlerFile, exportPath };
};

const bundle = async (
  { logicalId, codeFolder }: FunctionDefinition,
  settings: NonNullable<FunctionDefinition["build"]>,
  outFolder: string,
): Promise<void> => {
  try {
    await build({
      absWorkingDir: codeFolder,
      entryPoints: [...settings.entryPoints],
      outdir: outFolder,
      bundle: true,
      platform: "node",
      format: settings.format,
      target: settings.target,
      outExtension: { ".js": settings.outExtension },
      logLevel: "silent",
    });
  } catch (cause) {
    throw new Error(`${logicalId}: esbuild cannot bundle it: ${String(cause)}`, { cause });
  }
};

/** The worker's own code as one file that Node runs without a loader. Gives its path. */
export const buildWorker = async (outFolder: string): Promise<string> => {
  const outfile = join(outFolder, "environment-worker.mjs");
  const source = join(dirname(fileURLToPath(import.meta.url)), "environment-worker.ts");
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
  });
  return outfile;
};
