// A function of PackageType Image -> what its image is made of: the Dockerfile that `Metadata` names for `sam build`, and its
// ImageConfig. An image that is in a registry is not here, and is refused by name.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build.html#build-container-image
import { resolve } from "node:path";
import type { FunctionDefinition, ImageDefinition } from "../../model.js";
import { unsupported } from "../faults.js";
import { isMembers, readFields, type Fields } from "../fields.js";
import type { FunctionSite } from "./read-function.js";

/** What takes the place of the code, handler and runtime of a function that is zipped. */
export type ReadImage = Pick<FunctionDefinition, "codeFolder" | "handler" | "runtime"> & {
  readonly image: ImageDefinition;
};

const zipOnly = ["Handler", "Runtime", "Layers"];

export function readImage(properties: Fields, site: FunctionSite): ReadImage {
  for (const name of zipOnly.filter((one) => properties.has(one)))
    properties.fault(name, "must not stand in a function whose PackageType is Image");
  const config = readImageConfig(properties.object("ImageConfig"));
  const metadata = readFields(
    isMembers(site.metadata) ? site.metadata : {},
    `${site.path}.Metadata`,
    site.report,
  );
  if (!metadata.has("Dockerfile")) refuseRegistry(properties);
  // Where there is a Dockerfile, `sam build` puts what it has made in its place.
  properties.ignore("Code");
  const place = readMetadata(metadata, site);
  return { codeFolder: place.context, handler: "", runtime: "", image: { ...place, ...config } };
}

function refuseRegistry(properties: Fields): void {
  const code = properties.any("Code");
  const what =
    isMembers(code) && typeof code.ImageUri === "string" ? `${code.ImageUri} ${unsupported}` : "is missing";
  properties.fault("Code", `${what}; the twin takes Metadata with Dockerfile and DockerContext`);
}

function readMetadata(metadata: Fields, { templateFolder, note }: FunctionSite): ImageDefinition {
  const others = metadata.names().filter((name) => !/^(Build|Docker)/.test(name));
  metadata.ignore("DockerTag", "SamResourceId", ...others);
  const context = resolve(
    templateFolder,
    metadata.has("DockerContext") ? metadata.text("DockerContext", /./) : ".",
  );
  const file = metadata.has("Dockerfile") ? metadata.text("Dockerfile", /./) : "Dockerfile";
  const given = metadata.object("DockerBuildArgs");
  const buildArgs = Object.fromEntries(given.names().map((name) => [name, given.scalar(name, /^[^]*$/)]));
  metadata.end();
  if (metadata.has("Dockerfile"))
    note(`${metadata.path}: no image is built: its command runs on this machine, and its RUN lines do not`);
  return { dockerfile: resolve(context, file), context, buildArgs };
}

function readImageConfig(
  config: Fields,
): Pick<ImageDefinition, "entryPoint" | "command" | "workingDirectory"> {
  const texts = (name: string): readonly string[] => config.textsMatching(name, /./, 1500);
  const read = {
    ...(config.has("EntryPoint") ? { entryPoint: texts("EntryPoint") } : {}),
    ...(config.has("Command") ? { command: texts("Command") } : {}),
    ...(config.has("WorkingDirectory")
      ? { workingDirectory: config.text("WorkingDirectory", /^\/.{0,999}$/) }
      : {}),
  };
  // Whether the image's own CMD then stays is not documented.
  if (read.entryPoint !== undefined && read.command === undefined)
    config.fault("EntryPoint", `without Command ${unsupported}`);
  config.end();
  return read;
}
