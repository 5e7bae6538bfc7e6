// The folder that the image is built in: in memory, where this machine has plenty, since a build writes some 60,000 files and
// deletes most of them; else where temporary files go. Takes away what runs left there that were killed.
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "grantway-image-";
const inMemory = "/dev/shm";
/** A build takes up to 1.5 GB. */
const neededRoom = 4 * 2 ** 30;
/** Shared with the other tests. */
const neededMemory = 8 * 2 ** 30;

export function makeWorkFolder(places: readonly string[] = [inMemory, tmpdir()]): string {
  places.filter((each) => existsSync(each)).forEach(removeLeftovers);
  const place = places.find((each) => each !== inMemory || isFitInMemory()) ?? tmpdir();
  return mkdtempSync(join(place, `${prefix}${process.pid}-`));
}

const isFitInMemory = (): boolean =>
  process.availableMemory() > neededMemory && roomIn(inMemory) > neededRoom && runsPrograms(inMemory);

function roomIn(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** Some machines mount it with `noexec`. */
function runsPrograms(folder: string): boolean {
  const probe = join(mkdtempSync(join(folder, `${prefix}${process.pid}-`)), "program");
  try {
    writeFileSync(probe, "", { mode: 0o700 });
    accessSync(probe, constants.X_OK);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(join(probe, ".."), { recursive: true });
  }
}

function removeLeftovers(place: string): void {
  const names = readdirSync(place, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of names) {
    const owner = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner)))
      rmSync(join(place, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
