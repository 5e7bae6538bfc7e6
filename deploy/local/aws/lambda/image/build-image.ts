// A function of PackageType Image made ready to run on this machine, without a container engine: its files in a folder, its
// command found there or on the PATH, and the twin's stand-in where the image has the Lambda Web Adapter.
// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
import { accessSync, constants, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { FunctionDefinition } from "../../model.js";
import type { BuiltFunction } from "../build.js";
import type { RuntimeProgram } from "../runtime-api-process.js";
import { LAMBDA_PATH } from "../runtime-environment.js";
import { PORT_VARIABLES, readWebAdapterSettings } from "../web-adapter/settings.js";
import { layOutImage } from "./lay-out-image.js";
import { type ContainerImage, readDockerfile } from "./read-dockerfile.js";

type ImageSource = NonNullable<FunctionDefinition["image"]>;

/** Throws with the function's logical id when there is nothing that could run. */
export const buildImage = async (
  definition: FunctionDefinition,
  source: ImageSource,
  outFolder: string,
): Promise<BuiltFunction> => {
  const refuse = (why: string): never => {
    throw new Error(`${definition.logicalId}: ${source.dockerfile}: ${why}`);
  };
  const text = await readFile(source.dockerfile, "utf8").catch(() => refuse("there is no such file"));
  const read = readDockerfile(text, source.buildArgs);
  if (!read.ok) return refuse(read.denial);
  const image = configured(read.value, source);
  const root = join(outFolder, "image");
  await layOutImage(image, source.context, root).catch((error: unknown) => refuse(String(error)));
  const folder = join(root, image.workingDirectory);
  const [program, ...given] = [...image.entryPoint, ...image.command].map((word) => inImage(word, root));
  const command = [
    findProgram(program ?? "", root) ?? refuse(`${program ?? ""} is neither in it nor on the PATH`),
  ];
  const args = program === "node" ? await stripTypes(given, folder) : given;
  const adapter = image.hasWebAdapter ? await addWebAdapter(image, definition, outFolder) : undefined;
  if (typeof adapter === "string") return refuse(adapter);
  return {
    ...{ definition, folder, handlerFile: source.dockerfile, exportPath: "" },
    sources: [source.dockerfile, source.context],
    imageEnvironment: image.environment,
    program: {
      command: [...(command as [string]), ...args],
      handler: "",
      ...(adapter ?? { extensions: [], portVariables: [] }),
    },
  };
};

/** ImageConfig of the function stands over what the Dockerfile says. */
const configured = (
  image: ContainerImage,
  { entryPoint, command, workingDirectory }: ImageSource,
): ContainerImage => ({
  ...image,
  ...(entryPoint && { entryPoint }),
  ...(command && { command }),
  ...(workingDirectory && { workingDirectory }),
});

/** A path of the image has another name here. */
const inImage = (word: string, root: string): string =>
  word.startsWith("/") && existsSync(join(root, word)) ? join(root, word) : word;

/** Node is the twin's own; anything else is what this machine has. */
const findProgram = (program: string, root: string): string | undefined => {
  if (program === "node") return process.execPath;
  const candidates = program.includes("/")
    ? [program].filter((path) => path.startsWith(root))
    : LAMBDA_PATH.split(":").map((folder) => join(folder, program));
  return candidates.find(isExecutable);
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The image's Node reads TypeScript; where this machine's does not, esbuild does it beforehand. */
const stripTypes = async (args: readonly string[], folder: string): Promise<readonly string[]> => {
  const script = args.find((word) => !word.startsWith("-"));
  if (script === undefined || !/\.m?ts$/.test(script) || nodeStripsTypes()) return args;
  const outfile = join(folder, `${script}.mjs`);
  const entryPoints = [join(folder, script)];
  await build({
    ...{ entryPoints, outfile, bundle: true, packages: "external", logLevel: "silent" },
    ...{ platform: "node", format: "esm", target: "node20", sourcemap: "inline" },
  });
  return args.map((word) => (word === script ? outfile : word));
};

/** "strip" since Node 22.18, where it is on without a flag; false or absent before. */
const nodeStripsTypes = (): boolean => Boolean(Reflect.get(process.features, "typescript"));

/** Or why the adapter cannot do what it is told. */
const addWebAdapter = async (
  { environment }: ContainerImage,
  definition: FunctionDefinition,
  outFolder: string,
): Promise<string | Pick<RuntimeProgram, "extensions" | "portVariables">> => {
  const variables = { ...environment, ...definition.environment };
  const settings = readWebAdapterSettings(variables);
  if (!settings.ok) return settings.denial;
  const file = await bundleWebAdapter(outFolder);
  const readinessPort = "AWS_LWA_READINESS_CHECK_PORT";
  return {
    extensions: [{ name: "lambda-adapter", command: [process.execPath, file] }],
    portVariables: [...PORT_VARIABLES, ...(readinessPort in variables ? [readinessPort] : [])],
  };
};

/** Apart from the app's own files, as /opt is. Gives its path. */
const bundleWebAdapter = async (outFolder: string): Promise<string> => {
  const outfile = join(outFolder, "opt", "lambda-adapter.cjs");
  const source = join(dirname(fileURLToPath(import.meta.url)), "..", "web-adapter", "web-adapter.ts");
  await build({
    ...{ entryPoints: [source], outfile, bundle: true, logLevel: "silent" },
    ...{ platform: "node", format: "cjs", target: "node20" },
  });
  return outfile;
};
