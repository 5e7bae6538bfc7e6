// .ci/run on a machine that has nothing but a shell and Node: it says what is missing, asks for it once, and counts the
// tests. Its programs are stand-ins; the files that it looks for by path are this machine's own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { tmpdir } from "node:os";

const shellTools = [
  ...[
    "bash",
    "cat",
    "chmod",
    "dirname",
    "env",
    "grep",
    "kill",
    "mkdir",
    "mkfifo",
    "mktemp",
    "rm",
    "sed",
    "sh",
  ],
  ...["sleep", "tail", "tee", "timeout"],
];
const findProgram = (name: string): string =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path)) ?? `no ${name}`;

let machine: string;
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "grantway-ci-"));
  for (const folder of ["bin", "checkout/.ci", "tmp"]) mkdirSync(join(machine, folder), { recursive: true });
  for (const name of shellTools) symlinkSync(findProgram(name), join(machine, "bin", name));
  symlinkSync(process.execPath, join(machine, "bin/node"));
  copyFileSync(".ci/run", join(machine, "checkout/.ci/run"));
});
afterEach(() => rmSync(machine, { recursive: true }));

function program(name: string, lines: string): void {
  const path = join(machine, "bin", name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
}

/** `npm ci` is quiet, `npm test` prints as Jest does, `npm install` (of Node 24) makes a stand-in. */
const npm = (tests: string): string => `
case "$1" in
  test) ${tests} ;;
  install)
    mkdir -p "$3/node_modules/node/bin"
    : >"$3/node_modules/node/installArchSpecificPackage.js"
    printf '#!/bin/sh\\necho v24.0.0\\n' >"$3/node_modules/node/bin/node"
    chmod +x "$3/node_modules/node/bin/node" ;;
esac`;

async function ciRun(): Promise<{ status: number; printed: string; last: string | undefined }> {
  const run = spawn(join(machine, "checkout/.ci/run"), {
    env: { PATH: join(machine, "bin"), TMPDIR: join(machine, "tmp") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [run.stdout, run.stderr])
    stream.on("data", (part: Buffer) => (printed += part.toString()));
  const [status] = (await once(run, "close")) as [number];
  return { status, printed, last: printed.trimEnd().split("\n").at(-1) };
}

test("sums both runs, and what a tool is missing for is no failure", async () => {
  program("npm", npm("echo 'Tests:       2 skipped, 5 passed, 7 total'"));
  const { status, printed, last } = await ciRun();
  expect([status, last]).toEqual([0, "10 passed, 0 failed"]);
  expect(printed).toContain("NO buildah and runc on this machine: the tests of the image will be skipped");
  expect(printed).toContain("NO promtool on this machine");
  expect(readdirSync(join(machine, "tmp"))).toEqual([]);
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot("a mirror that cannot be reached is asked once (skipped unless run by root)", async () => {
  program("npm", npm("echo 'Tests:       5 passed, 5 total'"));
  program("apt-get", `echo "$*" >>"${machine}/asked"; exit 100`);
  expect(await ciRun()).toMatchObject({ status: 0, last: "10 passed, 0 failed" });
  expect(readFileSync(join(machine, "asked"), "utf8").trim().split("\n")).toEqual([
    expect.stringMatching(/ update$/),
  ]);
});

asRoot("a package that cannot be had fails nothing (skipped unless run by root)", async () => {
  program("npm", npm("echo 'Tests:       5 passed, 5 total'"));
  program("apt-get", `echo "$*" >>"${machine}/asked"; case "$*" in *update) ;; *) exit 100 ;; esac`);
  expect(await ciRun()).toMatchObject({ status: 0, last: "10 passed, 0 failed" });
  expect(readFileSync(join(machine, "asked"), "utf8")).toMatch(
    / install buildah runc\n(.*\n)*.* download prometheus\n/,
  );
});

test.each([
  ["a failed test", "echo 'Tests:       1 failed, 4 passed, 5 total'; exit 1", "8 passed, 2 failed"],
  ["a run that counts no test", "exit 1", "0 passed, 2 failed"],
  ["a run that ends well without a test", "exit 0", "0 passed, 2 failed"],
])("%s is a failure", async (_title, tests, last) => {
  program("npm", npm(tests));
  expect(await ciRun()).toMatchObject({ status: 1, last });
});

test("a process that a test left behind does not hold it up", async () => {
  program("npm", npm(`sleep 600 & echo $! >>"${machine}/left"; echo 'Tests:       5 passed, 5 total'`));
  try {
    expect(await ciRun()).toMatchObject({ status: 0, last: "10 passed, 0 failed" });
  } finally {
    for (const pid of readFileSync(join(machine, "left"), "utf8").trim().split("\n"))
      process.kill(Number(pid));
  }
});
