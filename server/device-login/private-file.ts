// Files that hold a secret of one person: in a folder of mode 0700, of mode 0600, written whole or not at all. One that
// somebody else could have read is refused by name. Windows keeps a profile's files private by itself.
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { accept, refuse, type Result } from "../core/result.js";

const maxBytes = 262_144;
const hasModes = process.platform !== "win32";

/** The refusal is a sentence. `undefined` where there is no such file, or it is too large to be ours. */
export function readPrivateFile(path: string): Result<string | undefined, string> {
  let file: number | undefined;
  try {
    // A link could lead to a file that somebody else writes.
    file = openSync(path, constants.O_RDONLY | (hasModes ? constants.O_NOFOLLOW | constants.O_NONBLOCK : 0));
    const stats = fstatSync(file);
    // A pipe would be waited for.
    if (!stats.isFile()) return refuse(`${path} is no file`);
    if (isForeign(stats)) return refuse(`${path} belongs to another user`);
    if (isOpenToOthers(stats)) return refuse(`${path} can be read by others: chmod 600 it, or remove it`);
    const bytes = Buffer.alloc(Math.min(stats.size, maxBytes) + 1);
    const length = readSync(file, bytes);
    return accept(length > maxBytes ? undefined : bytes.toString("utf8", 0, length));
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" ? accept(undefined) : refuse(`${path} cannot be read: ${code}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** By rename: a reader sees the old text or the new one. */
export function writePrivateFile(path: string, text: string): Result<undefined, string> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: "wx", flush: true });
    renameSync(draft, path);
    return accept(undefined);
  } catch (error) {
    rmSync(draft, { force: true });
    return refuse(`${path} cannot be written: ${codeOf(error)}`);
  }
}

/** `false` where there is none. */
export function removePrivateFile(path: string): Result<boolean, string> {
  try {
    rmSync(path);
    return accept(true);
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" ? accept(false) : refuse(`${path} cannot be removed: ${code}`);
  }
}

export function makePrivateFolder(path: string): Result<undefined, string> {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const stats = lstatSync(path);
    if (!stats.isDirectory()) return refuse(`${path} is no folder`);
    if (isForeign(stats)) return refuse(`${path} belongs to another user`);
    return isOpenToOthers(stats)
      ? refuse(`${path} is open to others: chmod 700 it, or remove it`)
      : accept(undefined);
  } catch (error) {
    return refuse(`${path} cannot be made: ${codeOf(error)}`);
  }
}

const isForeign = ({ uid }: Stats): boolean => hasModes && uid !== process.getuid?.();
const isOpenToOthers = ({ mode }: Stats): boolean => hasModes && (mode & 0o077) !== 0;

export const codeOf = (error: unknown): string => {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return code ?? message ?? "no reason given";
};
