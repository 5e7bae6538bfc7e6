// Lays a function out as it is deployed: its own files in a folder apart, so that no package of a folder above them is
// found, and beside it what /opt and the runtime bring; nothing of it can be written. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-layers.html
import { existsSync } from "node:fs";
import { chmod, cp, lstat, mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FunctionDefinition } from "../model.js";
import { foldersUp } from "./folders-up.js";

/** Lambda's limit for a function and its layers, unzipped. */
const UNZIPPED_LIMIT = 250 * 1024 * 1024;

/** Copies what `CodeUri` names. Rejects when it is larger than Lambda takes, before it is all copied. */
export const copyCode = async (from: string, to: string): Promise<void> => {
  let bytes = 0;
  await cp(from, to, {
    recursive: true,
    // What a link points at is what is zipped.
    dereference: true,
    filter: async (source) => {
      const { size } = await stat(source);
      bytes += size;
      if (bytes > UNZIPPED_LIMIT) throw new Error(`${from} is larger than the 250 MB that Lambda takes`);
      return true;
    },
  });
};

/** CommonJS whatever it looks like: that Lambda finds that out by itself is not documented. */
export const writeInlineCode = async (text: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true });
  await writeFile(join(to, "index.js"), text);
  await writeFile(join(to, "package.json"), '{ "type": "commonjs" }');
};

/**
 * `folder` is the one above the function's, so that Node looks there after the function's own `node_modules`, for
 * `import` and `require` alike: Lambda's runtime does the same with NODE_PATH since Node 18.
 */
export const addLayers = async (
  { layers = [], runtime, codeFolder }: FunctionDefinition,
  folder: string,
): Promise<void> => {
  const modules = join(folder, "node_modules");
  await mkdir(modules, { recursive: true });
  const major = /\d+/.exec(runtime)?.[0] ?? "";
  // The first one is looked at last.
  for (const path of ["nodejs/node_modules", `nodejs/node${major}/node_modules`])
    for (const layer of layers) await copyOver(join(layer, path), modules);
  await linkRuntimeSdk(codeFolder, modules);
};

const copyOver = async (from: string, modules: string): Promise<void> => {
  if (existsSync(from)) await copyCode(from, modules);
};

/** Lambda's runtime has the AWS SDK on board; here it is the one that the code was written with, where there is one. */
const linkRuntimeSdk = async (codeFolder: string, modules: string): Promise<void> => {
  const scope = foldersUp(codeFolder)
    .map((folder) => join(folder, "node_modules", "@aws-sdk"))
    .find(existsSync);
  if (scope === undefined) return;
  await mkdir(join(modules, "@aws-sdk"), { recursive: true });
  for (const name of await readdir(scope)) {
    const link = join(modules, "@aws-sdk", name);
    if (!existsSync(link)) await symlink(join(scope, name), link);
  }
};

const WRITE_BITS = 0o222;

/** As /var/task and /opt are; a superuser can write all the same. What a link points at is left alone. */
export const protect = async (path: string): Promise<void> => {
  const found = await lstat(path);
  if (found.isSymbolicLink()) return;
  if (found.isDirectory()) await Promise.all((await readdir(path)).map((name) => protect(join(path, name))));
  await chmod(path, found.mode & ~WRITE_BITS);
};

/** Also one that is protected, one that is not there, and one that somebody else removes at the same time. */
export const removeFolder = async (folder: string): Promise<void> => {
  await openFolders(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
};

const openFolders = async (folder: string): Promise<void> => {
  try {
    await chmod(folder, 0o700);
    const folders = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    await Promise.all(folders.map(({ name }) => openFolders(join(folder, name))));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
};
