// The workflow files can do little, and what they run exists: nobody runs them here, so what can be read in them is held.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
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

  test("writes nothing but the identity token, and that in the job that publishes alone", () => {
    const writes = Object.entries(workflow.jobs).flatMap(([name, { permissions = {} }]) =>
      Object.entries(permissions).flatMap(([scope, may]) =>
        may === "read" ? [] : [`${name}: ${scope} ${may}`],
      ),
    );
    expect(writes).toEqual(workflow.file === "release.yml" ? ["publish: id-token write"] : []);
  });

  test("pins every action, and leaves no credentials of the checkout behind", () => {
    const used = steps(workflow).filter(({ uses }) => uses !== undefined);
    expect(used.filter(({ uses }) => !/^actions\/[\w-]+@v\d+$/.test(uses ?? ""))).toEqual([]);
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

describe("the release", () => {
  const release = workflows.find(({ file }) => file === "release.yml");
  const publish = release?.jobs.publish;

  test("is begun by a version's tag alone, after the tests, and a person agrees", () => {
    expect(release?.on).toEqual({ push: { tags: ["v[0-9]+.[0-9]+.[0-9]+"] } });
    expect(publish).toMatchObject({ needs: "test", environment: "npm" });
  });

  test("publishes with provenance and without a kept token", () => {
    expect(publish?.steps.at(-1)?.run).toBe("npm publish --ignore-scripts --provenance --access public");
    expect(release?.text).not.toMatch(/secrets\./);
  });
});
