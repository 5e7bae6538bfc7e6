// Of a run that was killed nothing stays, and of one that goes on everything.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { makeWorkFolder } from "./work-folder.js";

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "grantway-work-folder-"));
});
afterEach(() => rmSync(place, { recursive: true }));

test("a folder of a process that has ended is taken away, and no other", async () => {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  const [ended, running, strange] = [
    `grantway-image-${child.pid ?? 0}-a`,
    `grantway-image-${process.ppid}-b`,
    "x",
  ];
  for (const name of [ended, running, strange]) {
    mkdirSync(join(place, name));
    writeFileSync(join(place, name, "layer"), "files");
  }
  const folder = makeWorkFolder([place]);
  expect(dirname(folder)).toBe(place);
  expect([ended, running, strange].map((name) => existsSync(join(place, name)))).toEqual([false, true, true]);
});

test("it is in memory only where there is plenty, and else the next place", () => {
  const available = jest.spyOn(process, "availableMemory").mockReturnValue(2 ** 30);
  const folder = makeWorkFolder(["/dev/shm", place]);
  available.mockRestore();
  expect(dirname(folder)).toBe(place);
});
