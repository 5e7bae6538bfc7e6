// `Metadata` of a function: how `sam build` makes it. With BuildMethod esbuild the twin bundles it the same way; a
// BuildMethod of Node's, or none, is the folder as it is.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build-typescript.html
import type { FunctionDefinition } from "../../model.js";
import type { Note, Report } from "../faults.js";
import { isMembers, readFields, type Fields } from "../fields.js";

type Build = NonNullable<FunctionDefinition["build"]>;

export function readBuild(value: unknown, path: string, report: Report, note: Note): Build | undefined {
  // Metadata may hold anything; only what is about the build is read.
  const names = isMembers(value) ? Object.keys(value).filter((name) => /^(Build|Docker)/.test(name)) : [];
  if (names.length === 0) return undefined;
  const metadata = readFields(value, path, report);
  metadata.ignore(...metadata.names().filter((name) => !names.includes(name)));
  const method = metadata.oneOf("BuildMethod", ["esbuild", "nodejs20.x", "nodejs22.x", "nodejs24.x"]);
  const settings = metadata.object("BuildProperties");
  metadata.end();
  if (method === "esbuild") return readSettings(settings);
  settings.ignore("UseNpmCi");
  settings.end();
  note(`${path}: the code folder runs as it is; packages must be installed in it`);
  return undefined;
}

function readSettings(settings: Fields): Build {
  const entryPoints = settings.texts("EntryPoints");
  if (entryPoints.length === 0) settings.fault("EntryPoints", "must name a file");
  const optional = {
    ...(settings.has("Minify") ? { minify: settings.boolean("Minify") } : {}),
    ...(settings.has("Sourcemap") ? { sourcemap: settings.boolean("Sourcemap") } : {}),
    ...(settings.has("External") ? { external: settings.texts("External") } : {}),
  };
  const build = {
    entryPoints,
    format: settings.oneOf("Format", ["esm", "cjs"], "cjs"),
    outExtension: readExtension(settings),
    target: settings.text("Target", /^[a-z0-9.]+$/, "es2020"),
    ...optional,
  };
  settings.ignore("UseNpmCi");
  settings.end();
  return build;
}

function readExtension(settings: Fields): string {
  const extensions = settings.texts("OutExtension", [".js=.js"]);
  const [, outExtension] = /^\.js=(\.[cm]?js)$/.exec(extensions[0] ?? "") ?? [];
  if (extensions.length !== 1 || outExtension === undefined)
    settings.fault("OutExtension", `${extensions.join(", ")} is not of the form .js=.mjs`);
  return outExtension ?? ".js";
}
