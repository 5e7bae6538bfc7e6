// What is in the image: files with their sizes, and packages as Node finds them.
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Path below `root` -> bytes. Links and files without content are left out: mount points are such. */
export function filesBelow(root: string): Map<string, number> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const sizes = files.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(root.length + 1), lstatSync(path).size] as const;
  });
  return new Map(sizes.filter(([, bytes]) => bytes > 0));
}

export const totalBytes = (files: ReadonlyMap<string, number>): number =>
  [...files.values()].reduce((sum, bytes) => sum + bytes, 0);

/** `name@version` of each package below a folder's `node_modules`, theirs included. */
export function packagesBelow(folder: string): string[] {
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(modules, name)).map((each) => `${name}/${each}`) : [name],
    );
  return names.flatMap((name) => {
    const { version } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")) as {
      version: string;
    };
    return [`${name}@${version}`, ...packagesBelow(join(modules, name))];
  });
}
