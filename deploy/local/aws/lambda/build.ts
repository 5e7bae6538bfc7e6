// Makes a function ready to run: bundled as SAM's esbuild build method does, or its folder as it is, and then the file that
// its `Handler` names is found. Custom runtimes and images have ways of their own.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildFailure, type BuildOptions } from "esbuild";
import type { FunctionDefinition } from "../model.js";
import { buildCustomRuntime, isCustomRuntime } from "./build-custom-runtime.js";
import { buildImage } from "./image/build-image.js";
import type { RuntimeProgram } from "./runtime-api-process.js";
import { addLayers, copyCode, protect, writeInlineCode } from "./task-folder.js";

export interface BuiltFunction {
  readonly definition: FunctionDefinition;
  /** What Lambda calls LAMBDA_TASK_ROOT. */
  readonly folder: string;
  readonly handlerFile: string;
  readonly exportPath: string;
  /** The files it was made of; a whole folder where it was copied. */
  readonly sources: readonly string[];
  /** What runs it, where that is not Lambda's own Node runtime; handlerFile and exportPath say nothing then. */
  readonly program?: RuntimeProgram;
  /** The variables of an image; the function's own stand over them. */
  readonly imageEnvironment?: Readonly<Record<string, string>>;
}

/** Code that cannot be bundled; `suspects` are the files and folders that may mend it. */
export class BundleError extends Error {
  readonly suspects: readonly string[];

  constructor(message: string, suspects: readonly string[], cause: unknown) {
    super(message, { cause });
    this.suspects = suspects;
  }
}

const HANDLER = /^(?<module>(?:[^./]+\/)*[^./]+)\.(?<exportPath>[^/]+)$/;
const EXTENSIONS = [".js", ".mjs", ".cjs"];

/** Throws with the function's logical id when the code does not build or the handler's file is not there. */
export const buildFunction = async (
  definition: FunctionDefinition,
  outFolder: string,
): Promise<BuiltFunction> => {
  const { image } = definition;
  const building =
    image !== undefined
      ? buildImage(definition, image, outFolder)
      : isCustomRuntime(definition)
        ? buildCustomRuntime(definition, outFolder)
        : buildForNode(definition, outFolder);
  const built = await building;
  await protect(outFolder);
  return built;
};

const buildForNode = async (definition: FunctionDefinition, outFolder: string): Promise<BuiltFunction> => {
  const { logicalId, codeFolder, handler } = definition;
  const { module, exportPath } = HANDLER.exec(handler)?.groups ?? {};
  if (module === undefined || exportPath === undefined)
    throw new Error(`${logicalId}: Handler "${handler}" is not "file.export"`);
  const folder = join(outFolder, "task");
  const sources = await fillFolder(definition, folder);
  const handlerFile = EXTENSIONS.map((extension) => join(folder, module + extension)).find(existsSync);
  if (handlerFile === undefined)
    throw new Error(`${logicalId}: no ${module}.js, .mjs or .cjs in ${codeFolder}`);
  return { definition, folder, handlerFile, exportPath, sources };
};

const fillFolder = async (definition: FunctionDefinition, folder: string): Promise<readonly string[]> => {
  const { logicalId, codeFolder, inlineCode, layers = [], build: settings } = definition;
  try {
    await addLayers(definition, dirname(folder));
    if (inlineCode !== undefined) await writeInlineCode(inlineCode, folder);
    else if (settings === undefined) await copyCode(codeFolder, folder);
  } catch (cause) {
    throw new Error(`${logicalId}: ${describe(cause)}`, { cause });
  }
  if (inlineCode !== undefined) return layers;
  const sources =
    settings === undefined ? [codeFolder] : await bundle(logicalId, codeFolder, settings, folder);
  return [...sources, ...layers];
};

const describe = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const bundle = async (
  logicalId: string,
  codeFolder: string,
  settings: NonNullable<FunctionDefinition["build"]>,
  folder: string,
): Promise<readonly string[]> => {
  try {
    const { metafile } = await build({
      ...bundleOptions(settings),
      absWorkingDir: codeFolder,
      outdir: folder,
    });
    return Object.keys(metafile.inputs).map((input) => resolve(codeFolder, input));
  } catch (cause) {
    const message = `${logicalId}: esbuild cannot bundle it: ${String(cause)}`;
    throw new BundleError(message, suspectsOf(cause as Partial<BuildFailure>, codeFolder), cause);
  }
};

/** Where an error was found; or anywhere, where a file is missing. */
const suspectsOf = ({ errors = [] }: Partial<BuildFailure>, codeFolder: string): string[] => [
  codeFolder,
  ...errors.flatMap(({ location }) => (location ? [resolve(codeFolder, location.file)] : [])),
];

const bundleOptions = (settings: NonNullable<FunctionDefinition["build"]>) =>
  ({
    entryPoints: [...settings.entryPoints],
    bundle: true,
    platform: "node",
    format: settings.format,
    target: settings.target,
    outExtension: { ".js": settings.outExtension },
    minify: settings.minify ?? false,
    sourcemap: settings.sourcemap ?? false,
    external: [...(settings.external ?? [])],
    logLevel: "silent",
    metafile: true,
  }) satisfies BuildOptions;

/** The environment's own code as one file that Node runs without a loader. Gives its path. */
export const buildWorker = async (outFolder: string): Promise<string> => {
  const outfile = join(outFolder, "environment-worker.cjs");
  const source = join(dirname(fileURLToPath(import.meta.url)), "environment-worker.ts");
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "silent",
  });
  return outfile;
};
