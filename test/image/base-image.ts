// Stand-ins for `node:24-bookworm-slim`, made of this machine's own files, since tests reach no registry of images. To run:
// this very Node, the libraries it loads, and a user `node`; no shell. To build: that, npm, certificates, and the programs
// that the Dockerfile runs. What is shown with them is the Dockerfile's work, not that image's.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

const programs = ["sh", "env", "find"];
const certificates = "/etc/ssl/certs/ca-certificates.crt";
const folders = ["usr/local/bin", "usr/local/lib/node_modules", "usr/bin", "etc", "root", "home/node"];
/** Where a runtime mounts. */
const mountPoints = ["proc", "sys", "dev", "tmp"];

/** Fills an empty folder with `rootfs`, and beside it writes what makes an image of it. */
export function writeBaseImage(context: string, purpose: "build" | "run"): void {
  const root = join(context, "rootfs");
  for (const folder of [...folders, ...mountPoints]) mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, "tmp"), 0o1777);
  symlinkSync("usr/bin", join(root, "bin"));
  copy(process.execPath, root, "/usr/local/bin/node");
  for (const file of librariesOf(process.execPath)) copy(file, root);
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n",
  );
  writeFileSync(join(root, "etc/group"), "root:x:0:\nnode:x:1000:\n");
  if (purpose === "build") addTools(root);
  writeFileSync(
    join(context, "Dockerfile"),
    'FROM scratch\nCOPY rootfs /\nENV PATH=/usr/local/bin:/usr/bin:/bin\nCMD ["node"]\n',
  );
}

function addTools(root: string): void {
  for (const program of programs.map(pathOf)) {
    copy(program, root, `/usr/bin/${basename(program)}`);
    for (const file of librariesOf(program)) copy(file, root);
  }
  copy(certificates, root);
  copyNpm(root);
}

const pathOf = (program: string): string =>
  execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();

/** Paths as the loader looks for them; the kernel's own has none. */
const librariesOf = (program: string): string[] =>
  Array.from(
    execFileSync("ldd", [program], { encoding: "utf8" }).matchAll(/(?:=> |^\s*)(\/\S+) \(/gm),
    ([, path = ""]) => path,
  );

/** Links are followed: what stands at the path is a file of its own. */
function copy(path: string, root: string, to = path): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  copyFileSync(realpathSync(path), join(root, to));
}

function copyNpm(root: string): void {
  const npm = dirname(dirname(realpathSync(pathOf("npm"))));
  cpSync(npm, join(root, "usr/local/lib/node_modules/npm"), { recursive: true });
  for (const name of ["npm", "npx"])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(root, "usr/local/bin", name));
}
