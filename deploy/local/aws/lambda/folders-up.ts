// Where Node looks for packages: in a folder, and in each one above it.
import { dirname, parse } from "node:path";

/** The folder itself first, the root last. */
export const foldersUp = (folder: string): string[] =>
  folder === parse(folder).root ? [folder] : [folder, ...foldersUp(dirname(folder))];
