// The Dockerfile, built by `buildah` in a storage of its own that goes with the test. `npm ci` in there gets this machine's
// way to the registry (mounted for the build, so in no layer), and its cache.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { writeBaseImage } from "./base-image.js";
import { tiedWhole } from "./tied-process.js";
import { makeWorkFolder } from "./work-folder.js";

/** What an engine runs an image by: `config` of its own record, in Docker's spelling. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly Cmd: readonly string[];
  readonly WorkingDir: string;
  readonly StopSignal: string;
  readonly ExposedPorts: Readonly<Record<string, unknown>>;
  readonly Labels: Readonly<Record<string, string>>;
  readonly Healthcheck: { readonly Test: readonly string[]; readonly Timeout: number };
}

export interface BuiltImage {
  readonly config: ImageConfig;
  /** The image's files; whatever mounts among them leaves an empty mount point. */
  readonly files: string;
  /** Those of the image it stands on. */
  readonly baseFiles: string;
  remove(): void;
}

const execute = promisify(execFile);
const buildTimeoutMs = 840_000;

export async function buildImage(buildArguments: Readonly<Record<string, string>>): Promise<BuiltImage> {
  const root = makeWorkFolder();
  const buildah = async (...args: string[]): Promise<string> => {
    const [program = "", ...before] = tiedWhole("buildah");
    const storage = ["--root", join(root, "storage"), "--runroot", join(root, "running")];
    const { stdout } = await execute(program, [...before, ...storage, "--storage-driver", "vfs", ...args], {
      env: { ...process.env, TMPDIR: root },
      timeout: buildTimeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: 1 << 26,
    });
    return stdout.trim();
  };
  const build = (...args: string[]) =>
    // Docker's format has a health check, OCI's has none.
    buildah("build", "--isolation", "chroot", "--pull-never", "--format", "docker", "--quiet", ...args);
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    for (const purpose of ["build", "run"] as const) {
      const context = join(root, purpose);
      mkdirSync(context);
      writeBaseImage(context, purpose);
      await build("--tag", `localhost/to-${purpose}`, context);
    }
    const bases = { NODE_IMAGE: "localhost/to-build", RUNTIME_IMAGE: "localhost/to-run" };
    const named = Object.entries({ ...buildArguments, ...bases });
    await build(
      ...["--tag", "localhost/grantway", ...wayToTheRegistry(root)],
      ...named.flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
      resolve("."),
    );
    const inspected = await buildah("inspect", "--type", "image", "localhost/grantway");
    return {
      config: (JSON.parse(inspected) as { Docker: { config: ImageConfig } }).Docker.config,
      files: await buildah("mount", await buildah("from", "--pull-never", "localhost/grantway")),
      baseFiles: join(root, "run/rootfs"),
      remove,
    };
  } catch (error) {
    remove();
    // What a step printed, tsc's faults say, is there and not in the message.
    const { message, stdout = "" } = error as Error & { readonly stdout?: string };
    throw new Error(`${message}\n${stdout}`, { cause: error });
  }
}

/** npm's settings of all users in the image, the person's own (which may hold a token), and the cache. */
function wayToTheRegistry(root: string): string[] {
  const npmConfig = (name: string): string =>
    execFileSync("npm", ["config", "get", name], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  const settings = ["registry", "proxy", "https-proxy", "noproxy", "strict-ssl"]
    .map((name) => [name, npmConfig(name)])
    .filter(([, value]) => value !== "null" && value !== "");
  const file = join(root, "npmrc");
  const lines = [...settings, ["cafile", "/etc/ssl/certs/ca-certificates.crt"], ["prefer-offline", "true"]];
  writeFileSync(file, lines.map(([name = "", value = ""]) => `${name}=${value}\n`).join(""));
  const own = join(homedir(), ".npmrc");
  const cache = npmConfig("cache");
  mkdirSync(cache, { recursive: true });
  return [
    ...["--volume", `${file}:/usr/local/etc/npmrc:ro`, "--volume", `${cache}:/root/.npm`],
    ...(existsSync(own) ? ["--volume", `${own}:/root/.npmrc:ro`] : []),
  ];
}
