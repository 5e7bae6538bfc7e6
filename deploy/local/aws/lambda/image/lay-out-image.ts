// Puts an image's files into a folder as the image has them, without a container engine: what is copied from the build
// context, and for `npm ci`, which is not run, the packages that are installed on this machine.
import { existsSync } from "node:fs";
import { mkdir, readFile, stat, symlink } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { foldersUp } from "../folders-up.js";
import { copyCode } from "../task-folder.js";
import type { ContainerImage } from "./read-dockerfile.js";

/** Throws with what is missing. `root` becomes the image's `/`. */
export const layOutImage = async (image: ContainerImage, context: string, root: string): Promise<void> => {
  await mkdir(join(root, image.workingDirectory), { recursive: true });
  for (const { sources, target } of image.copies)
    for (const source of sources) await copy(resolve(context, source), context, join(root, target));
  if (image.notRun.some((line) => /\bnpm (?:ci|i|install)\b/.test(line)))
    await linkPackages(context, dirname(root));
};

const copy = async (source: string, context: string, target: string): Promise<void> => {
  const found = await stat(source).catch(() => undefined);
  if (found === undefined) throw new Error(`COPY: ${source} is not there`);
  if (!found.isDirectory()) {
    const file = target.endsWith("/") ? join(target, basename(source)) : target;
    await mkdir(dirname(file), { recursive: true });
    return copyCode(source, file);
  }
  if (existsSync(join(context, ".dockerignore")))
    throw new Error(
      "COPY of a folder beside a .dockerignore, which the local twin does not read: name the files",
    );
  await copyCode(source, target);
};

/**
 * Into the `node_modules` above the image: what its package.json names, and no more. What such a package needs itself,
 * Node finds from where it is installed.
 */
const linkPackages = async (context: string, folder: string): Promise<void> => {
  const text = await readFile(join(context, "package.json"), "utf8");
  const { dependencies = {} } = JSON.parse(text) as { dependencies?: Readonly<Record<string, string>> };
  const installed = foldersUp(context).map((above) => join(above, "node_modules"));
  for (const name of Object.keys(dependencies)) {
    const found = installed.map((modules) => join(modules, name)).find(existsSync);
    if (found === undefined)
      throw new Error(`npm is not run here, and ${name} is not installed above ${context}`);
    const link = join(folder, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(found, link);
  }
};
