// A container of the built image, run by `runc` as Docker would: what the image's own record says (user, environment,
// folder, entry point, stop signal), on a read-only root, without a capability. It has processes, mounts and a host name of
// its own; the network is this machine's, so that the fakes are reached on loopback.
import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuiltImage, ImageConfig } from "./built-image.js";
import { tied } from "./tied-process.js";
import { watch, type WatchedProcess } from "./watched-process.js";

export interface ContainerSettings {
  /** In place of the image's command; its entry point stays. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Mounted where the image looks for it. */
  readonly configuration?: string;
}

export interface Container extends WatchedProcess {
  /** What the kernel says of its first process: `/proc/PID/FILE`. */
  readonly proc: (file: string) => string;
  /** A command in it, as a health check runs: by the container's user, in its environment. */
  exec(
    command: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; printed: string }>;
  /** As `docker stop` begins: the image's stop signal. */
  stop(): Promise<void>;
  /** Ends it at once, if it has not ended. */
  remove(): Promise<void>;
}

export function runImage(image: BuiltImage, settings: ContainerSettings = {}): Container {
  const bundle = mkdtempSync(join(tmpdir(), "grantway-container-"));
  const configuration = join(bundle, "gateway.yaml");
  if (settings.configuration !== undefined) writeFileSync(configuration, settings.configuration);
  const mounted =
    settings.configuration === undefined ? [] : [readOnlyFile("/app/gateway.yaml", configuration)];
  writeFileSync(
    join(bundle, "config.json"),
    JSON.stringify(runtimeSpec(image.config, image.files, settings, mounted)),
  );
  const id = `grantway-${randomUUID()}`;
  const state = ["--root", join(bundle, "state")];
  const pidFile = join(bundle, "pid");
  // Told to end, runc tells its container.
  const [program = "", ...before] = tied("runc");
  const child = spawn(program, [...before, ...state, "run", "--bundle", bundle, "--pid-file", pidFile, id], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const watched = watch(child);
  const exec: Container["exec"] = (command, environment = {}) => {
    const variables = Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    return statusOf("runc", [...state, "exec", ...variables, id, ...command]);
  };
  return {
    ...watched,
    proc: (file) => readFileSync(`/proc/${readFileSync(pidFile, "utf8").trim()}/${file}`, "utf8"),
    exec,
    async stop() {
      await statusOf("runc", [...state, "kill", id, image.config.StopSignal]);
    },
    async remove() {
      await statusOf("runc", [...state, "delete", "--force", id]);
      await watched.exited;
      rmSync(bundle, { recursive: true, force: true });
    },
  };
}

const statusOf = (program: string, args: readonly string[]): Promise<{ status: number; printed: string }> =>
  new Promise((resolve) => {
    const child = execFile(program, args, { timeout: 60_000 }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, printed: stdout + stderr }),
    );
  });

interface Mount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

const readOnlyFile = (destination: string, source: string): Mount => ({
  ...{ destination, source, type: "bind" },
  options: ["bind", "ro", "nosuid", "nodev"],
});

/** https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md */
function runtimeSpec(
  config: ImageConfig,
  files: string,
  { command = config.Cmd, environment = {} }: ContainerSettings,
  mounted: readonly Mount[],
): object {
  const none: readonly string[] = [];
  return {
    ociVersion: "1.0.2",
    process: {
      user: userOf(config.User, files),
      args: [...config.Entrypoint, ...command],
      env: [...config.Env, ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)],
      cwd: config.WorkingDir,
      capabilities: { bounding: none, effective: none, inheritable: none, permitted: none, ambient: none },
      noNewPrivileges: true,
    },
    root: { path: files, readonly: true },
    hostname: "grantway",
    mounts: [
      { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "mode=755", "size=64k"] },
      ...mounted,
    ],
    linux: { namespaces: ["pid", "mount", "ipc", "uts"].map((type) => ({ type })) },
  };
}

/** A name counts as the image's own /etc/passwd has it. */
function userOf(name: string, files: string): { uid: number; gid: number } {
  const lines = readFileSync(join(files, "etc/passwd"), "utf8").split("\n");
  const [, , uid, gid] = lines.map((line) => line.split(":")).find(([user]) => user === name) ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error(`the image has no user ${JSON.stringify(name)}`);
  return { uid: Number(uid), gid: Number(gid) };
}
