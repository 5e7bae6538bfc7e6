// The workflow files can do little, and what they run exists: nobody runs them here, so what can be read in them is held.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { chooseDescribe } from "../image/image-tools.js";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly environment?: string;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = ".github/workflows";
const workflows = readdirSync(folder).map((file) => {
  const text = readFileSync(join(folder, file), "utf8");
  return { file, text, ...(parse(text) as Workflow) };
});
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};
const steps = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap((job) => job.steps);

test("there are the two", () => {
  expect(workflows.map(({ file }) => file).toSorted()).toEqual(["ci.yml", "release.yml"]);
});

describe.each(workflows)("$file", (workflow) => {
  test("says that it was not run here", () => {
    expect(workflow.text.replaceAll("\n#", "")).toContain("Not run where this was written");
  });

  test("may read the code at most, unless a job says otherwise", () => {
    expect([{}, { contents: "read" }]).toContainEqual(workflow.permissions);
  });

  test("writes nothing but what is published and attested, and that in the jobs that publish alone", () => {
    const writes = Object.entries(workflow.jobs).flatMap(([name, { permissions = {} }]) =>
      Object.entries(permissions).flatMap(([scope, may]) =>
        may === "read" ? [] : [`${name}: ${scope} ${may}`],
      ),
    );
    const publishing = [
      ...["publish: id-token write", "publish: attestations write"],
      ...["image: packages write", "image: id-token write", "image: attestations write"],
    ];
    expect(writes).toEqual(workflow.file === "release.yml" ? publishing : []);
  });

  test("pins every action, and leaves no credentials of the checkout behind", () => {
    const used = steps(workflow).filter(({ uses }) => uses !== undefined);
    // A tag can be moved by whoever takes the action over, a commit cannot; the release beside it is for people.
    const pins = workflow.text.match(/uses: actions\/[\w-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/gm);
    expect(pins).toHaveLength(used.length);
    const checkouts = used.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual(checkouts.map(() => false));
  });

  test("lets no job run for ever", () => {
    expect(Object.values(workflow.jobs).every((job) => (job["timeout-minutes"] ?? Infinity) <= 45)).toBe(
      true,
    );
  });

  test("runs no text that came in with the event, and only scripts that there are", () => {
    const runs = steps(workflow).flatMap(({ run = [] }) => run);
    expect(runs.filter((run) => run.includes("${{"))).toEqual([]);
    const scripts = runs.flatMap((run) =>
      Array.from(run.matchAll(/npm (?:run )?(test|(?<=run )\w+)/g), ([, name]) => name ?? ""),
    );
    expect(scripts).toContain("test");
    expect(scripts.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });
});

describe("the tests on each push", () => {
  const jobs = workflows.find(({ file }) => file === "ci.yml")?.jobs ?? {};
  const runsOf = (name: string): string[] => jobs[name]?.steps.flatMap(({ run = [] }) => run) ?? [];

  test("have promtool and a Redis before they run, and no service of theirs", () => {
    const [install = "", ...rest] = runsOf("test");
    expect(install).toMatch(
      /^printf '#!\/bin\/sh\\nexit 101\\n' .*\/usr\/sbin\/policy-rc\.d\b.*\n.*chmod \+x/,
    );
    expect(install.trimEnd()).toMatch(/ install .* prometheus redis-server$/);
    expect(rest).toEqual(["npm ci --ignore-scripts", "npm test"]);
  });

  test("of the image have buildah and runc before they run, and leave a runner's own where they are", () => {
    const [install = "", ...rest] = runsOf("image-tests");
    for (const tool of ["buildah", "runc"])
      expect(install).toMatch(new RegExp(`^command -v ${tool} \\|\\| sudo apt-get install .* ${tool}$`, "m"));
    expect(rest).toEqual(["npm ci --ignore-scripts", expect.stringContaining(" npx jest test/image ")]);
  });

  describe("of the image", () => {
    const folder = mkdtempSync(join(tmpdir(), "grantway-workflow-"));
    const step = jobs["image-tests"]?.steps.at(-1);
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    /** The step as GitHub runs it (its `shell: bash` has both options), with a jest that says this and ends so. */
    function statusWith(said: string, status: number): number | null {
      const programs = { sudo: 'shift\nexec "$@"', npx: `echo "${said}" >&2\nexit ${String(status)}` };
      for (const [name, body] of Object.entries(programs))
        writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
      const env = { PATH: `${folder}:/usr/bin:/bin` };
      const bash = ["--noprofile", "--norc", "-eo", "pipefail", "-c", step?.run ?? "exit 9"];
      return spawnSync("bash", bash, { cwd: folder, env }).status;
    }

    test("fail where one fails, and where they are skipped", () => {
      const told: string[] = [];
      chooseDescribe(["runc"], (text) => told.push(text.trim()));
      expect(step?.shell).toBe("bash");
      expect(statusWith("Tests: 20 passed, 20 total", 0)).toBe(0);
      expect(statusWith("Tests: 1 failed, 20 total", 1)).toBe(1);
      expect(statusWith(told.join("").replaceAll("`", "'"), 0)).toBe(1);
    });
  });
});

describe("the release", () => {
  const release = workflows.find(({ file }) => file === "release.yml");
  const publish = release?.jobs.publish;

  test("is begun by a version's tag alone, after the tests, and a person agrees", () => {
    expect(release?.on).toEqual({ push: { tags: ["v[0-9]+.[0-9]+.[0-9]+"] } });
    expect(publish).toMatchObject({ needs: "test", environment: "npm" });
  });

  test("makes the image after that, on a base named by its digest, for both processors, with provenance", () => {
    const image = release?.jobs.image;
    const [push, attest] = image?.steps.slice(-2) ?? [];
    expect(image).toMatchObject({ needs: "publish" });
    for (const words of ["NODE_IMAGE=", "linux/amd64,linux/arm64", "--provenance=mode=max", "--sbom=true"])
      expect(push?.run).toContain(words);
    const wanted = Array.from(push?.run?.matchAll(/--build-arg (\w+)=/g) ?? [], ([, name]) => name ?? "");
    const dockerfile = readFileSync("Dockerfile", "utf8");
    expect(wanted.filter((name) => !dockerfile.includes(`\nARG ${name}=`))).toEqual([]);
    expect(attest?.uses).toContain("actions/attest-build-provenance@");
    expect(attest?.with).toMatchObject({ "subject-digest": "${{ steps.push.outputs.digest }}" });
  });

  test("publishes with provenance and without a kept token", () => {
    expect(publish?.steps.at(-1)?.run).toBe("npm publish --ignore-scripts --provenance --access public");
    expect(release?.text).not.toMatch(/secrets\./);
  });
});
