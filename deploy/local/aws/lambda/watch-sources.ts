// Notices that a file of a function has changed. Folders are watched, not files: editors save by renaming, and a folder
// may go and come back. What was seen is compared, so a touched backup file or a mere look does not count.
import { type FSWatcher, watch } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Editors write more than once for one save; a checkout writes many files. */
const SETTLE_MS = 60;
/** What an installation brings is not looked at file by file. */
const NOT_WATCHED = new Set(["node_modules", ".git"]);

export interface SourceWatch {
  /** Looks at other files from now on, as they are now. */
  watch(sources: readonly string[]): Promise<void>;
  close(): void;
}

/** A path and everything under it, each with what changes when it is written. */
const snapshot = async (path: string, seen: Map<string, string>): Promise<void> => {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    seen.set(path, "absent");
    return;
  }
  seen.set(path, found.isDirectory() ? "folder" : `${found.mtimeMs} ${found.size} ${found.ino}`);
  if (!found.isDirectory()) return;
  const names = await readdir(path).catch(() => []);
  const watched = names.filter((name) => !NOT_WATCHED.has(name));
  await Promise.all(watched.map((name) => snapshot(join(path, name), seen)));
};

const lookAt = async (sources: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const seen = new Map<string, string>();
  await Promise.all(sources.map((source) => snapshot(source, seen)));
  return seen;
};

const isSame = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
  one.size === other.size && [...one].every(([path, state]) => other.get(path) === state);

/** The nearest folder that is there: one that was removed is seen to come back by the one above it. */
const watchNearest = (folder: string, changed: () => void): FSWatcher | undefined => {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    return watcher.on("error", changed);
  } catch {
    const above = dirname(folder);
    return above === folder ? undefined : watchNearest(above, changed);
  }
};

/** `changed` is called once things have settled; it says what to watch next. */
export const watchSources = (changed: () => void): SourceWatch => {
  let sources: readonly string[] = [];
  let seen: ReadonlyMap<string, string> = new Map();
  let watchers: FSWatcher[] = [];
  let settling: NodeJS.Timeout | undefined;
  let isClosed = false;

  const stopWatching = (): void => {
    for (const watcher of watchers.splice(0)) watcher.close();
  };
  const arm = (): void => {
    stopWatching();
    const folders = new Set([...seen].map(([path, state]) => (state === "folder" ? path : dirname(path))));
    watchers = [...folders].flatMap((folder) => watchNearest(folder, stir) ?? []);
  };
  const stir = (): void => {
    clearTimeout(settling);
    settling = setTimeout(() => void settle(), SETTLE_MS).unref();
  };
  const settle = async (): Promise<void> => {
    const now = await lookAt(sources);
    if (isClosed) return;
    const isChanged = !isSame(seen, now);
    seen = now;
    // Watched anew each time: a folder that was replaced is another one under its old name.
    arm();
    if (isChanged) changed();
  };
  return {
    watch: async (next) => {
      sources = next;
      const now = await lookAt(next);
      if (isClosed || sources !== next) return;
      // Written while it was built.
      const missed = [...now].some(([path, state]) => seen.has(path) && seen.get(path) !== state);
      seen = now;
      arm();
      if (missed) changed();
    },
    close: () => {
      isClosed = true;
      clearTimeout(settling);
      stopWatching();
    },
  };
};
