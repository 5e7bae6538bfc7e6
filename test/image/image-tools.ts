// What the tests of the image want of this machine: Linux, root with the right to mount, cgroups that can be written (an
// unprivileged container's cannot), `buildah` (makes an image of a Dockerfile without a daemon), `runc` (runs it, as it does
// for Docker) and `setpriv` (tied-process.ts). Where one is missing they are skipped, and say so.
import { spawnSync } from "node:child_process";
import { orSkipped } from "../fixtures/wanted-program.js";
import { apart } from "./tied-process.js";

export interface Machine {
  readonly platform: string;
  readonly uid: number | undefined;
  /** Whether a command ends well. */
  readonly can: (program: string, ...args: string[]) => boolean;
}

export function whatIsMissing({ platform, uid, can }: Machine): string[] {
  if (platform !== "linux") return ["Linux"];
  if (uid !== 0) return ["root"];
  const [unshare, ...options] = apart;
  return [
    ...["buildah", "runc", "setpriv"].filter((program) => !can(program, "--version")),
    ...(can(unshare, ...options, "true") ? [] : ["the right to mount"]),
    ...(can("test", "-w", "/sys/fs/cgroup") ? [] : ["cgroups that can be written"]),
  ];
}

/** Jest's `describe` where nothing is missing; else one whose tests are shown as skipped. */
export const chooseDescribe = (missing: readonly string[], tell: (text: string) => void): jest.Describe =>
  orSkipped(
    describe,
    missing.length === 0,
    `the tests that build and run the image, for want of ${missing.join(", ")}. ` +
      "As root on Debian: `apt-get install buildah runc`.",
    tell,
  );

export const thisMachine: Machine = {
  platform: process.platform,
  uid: process.getuid?.(),
  can: (program, ...args) => spawnSync(program, args, { timeout: 30_000 }).status === 0,
};
