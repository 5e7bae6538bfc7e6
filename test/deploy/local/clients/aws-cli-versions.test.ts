// The AWS CLI, where it is installed, publishes a version and shifts an alias of the twin by hand.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { good, type ReleaseTwin, startReleaseTwin } from "../../../release/release-twin.js";
import { type Ran, region, run, testWith } from "./client-twin.js";

const testCli = testWith("aws", "--version");

let twin: ReleaseTwin;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "grantway-cli-"));
  twin = await startReleaseTwin();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await twin.close();
});

const lambda = (...args: string[]): Promise<Ran> =>
  run("aws", ["lambda", ...args, "--function-name", "greeter", "--output", "json"], {
    AWS_ENDPOINT_URL: twin.aws.endpoint,
    AWS_DEFAULT_REGION: region,
    // Nothing of the person's own.
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: "1",
    ...twin.aws.operatorEnvironment,
  });
const answered = async (...args: string[]): Promise<unknown> => {
  const { out, err } = await lambda(...args);
  return err === "" ? JSON.parse(out || "{}") : err;
};

testCli("publish-version, update-alias, get-alias, list-versions-by-function and invoke", async () => {
  await twin.edit(good("two"));
  expect(await answered("publish-version")).toMatchObject({ Version: "2" });
  const routing = ["--routing-config", "AdditionalVersionWeights={2=1}"];
  const split = { FunctionVersion: "1", RoutingConfig: { AdditionalVersionWeights: { "2": 1 } } };
  expect(await answered("update-alias", "--name", "live", ...routing)).toMatchObject(split);
  const alias = (await answered("get-alias", "--name", "live")) as { RevisionId: string };
  expect(alias).toMatchObject(split);
  const file = join(folder, "answer.json");
  expect(await answered("invoke", "--qualifier", "live", file)).toMatchObject({ ExecutedVersion: "2" });
  expect(readFileSync(file, "utf8")).toBe('"two"');
  const ended = ["--function-version", "2", "--routing-config", "AdditionalVersionWeights={}"];
  expect(
    await answered("update-alias", "--name", "live", ...ended, "--revision-id", alias.RevisionId),
  ).toMatchObject({ FunctionVersion: "2" });
  expect(await answered("update-alias", "--name", "live", "--revision-id", alias.RevisionId)).toContain(
    "(PreconditionFailedException) when calling the UpdateAlias operation",
  );
  expect(await answered("list-versions-by-function")).toMatchObject({
    Versions: [{ Version: "$LATEST" }, { Version: "1" }, { Version: "2" }],
  });
});
