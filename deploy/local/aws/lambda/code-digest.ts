// What tells one build of a function from another: the SHA-256 of its files, names and all, and their size. Lambda's
// own `CodeSha256` is of the zip that was uploaded; here nothing is zipped, so the two are never the same text.
import { createHash, type Hash } from "node:crypto";
import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

export interface CodeDigest {
  /** Base64. */
  readonly codeSha256: string;
  readonly codeSize: number;
}

export const digestFolder = async (folder: string): Promise<CodeDigest> => {
  const hash = createHash("sha256");
  const codeSize = await addFolder(hash, folder, "");
  return { codeSha256: hash.digest("base64"), codeSize };
};

const addFolder = async (hash: Hash, root: string, path: string): Promise<number> => {
  const entries = await readdir(join(root, path), { withFileTypes: true });
  let bytes = 0;
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = join(path, entry.name);
    if (entry.isDirectory()) {
      bytes += await addFolder(hash, root, name);
      continue;
    }
    // The AWS SDK of the runtime is a link; where it points is told, what is there is not the function's code.
    const link = entry.isSymbolicLink();
    const content = link ? Buffer.from(await readlink(join(root, name))) : await readFile(join(root, name));
    hash.update(JSON.stringify([name, link, content.length])).update(content);
    bytes += link ? 0 : content.length;
  }
  return bytes;
};
