// `grantway release`, `status` and `rollback` as commands: options, exit statuses, what is printed; against the twin in
// a process of their own, with the credentials that the twin hands out.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readPlan } from "../../server/cli/release.js";
import { readTarget } from "../../server/cli/release-options.js";
import { openPorts } from "../../server/cli/release-ports.js";
import { accepted } from "../fixtures/outcome.js";
import { good, type ReleaseTwin, startReleaseTwin } from "../release/release-twin.js";
import { grantway } from "./run-grantway.js";

const named = ["--function", "greeter", "--alias", "live", "--region", "eu-west-1"];
const wrongUsage = (sentence: string) => ({
  status: 64,
  err: expect.stringContaining(sentence) as string,
});

describe.each(["release", "status", "rollback"])("%s", (command) => {
  test("--help tells usage, options, exit statuses and an example, in 100 columns", async () => {
    const { status, out } = await grantway([command, "--help"]);
    expect([status, out]).toEqual([0, expect.stringMatching(new RegExp(`^Usage: grantway ${command} `))]);
    for (const part of ["Options:", "Exit status:", "Example: "]) expect(out).toContain(part);
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test.each([
    [[], "--function is missing"],
    [["--function", "a b"], "--function takes"],
    [["--function", "f"], "--alias is missing"],
    [["--function", "f", "--alias", "7"], "--alias takes"],
    [["--function", "f", "--alias", "live"], "--region is missing"],
    [[...named, "--endpoint", "here"], "--endpoint takes"],
    [[...named, "more"], "it takes options only"],
  ])("%j is wrong usage", async (argv, sentence) => {
    expect(await grantway([command, ...argv])).toMatchObject(wrongUsage(`grantway ${command}: ${sentence}`));
  });
});

describe.each(["release", "status"])("%s, which looks at gateways too,", (command) => {
  test.each([
    [[...named, "--route", "r"], "--route says nothing"],
    [[...named, "--gateway", "http://127.0.0.1:1"], "--route is missing"],
    [[...named, "--gateway", "here", "--route", "r"], "--gateway takes"],
  ])("takes %j for wrong usage", async (argv, sentence) => {
    expect(await grantway([command, ...argv])).toMatchObject(wrongUsage(`grantway ${command}: ${sentence}`));
  });
});

test.each(["--gateway", "--route"])("rollback looks at no gateway, so it has no %s", async (option) => {
  expect(await grantway(["rollback", ...named, option, "http://127.0.0.1:1"])).toMatchObject(
    wrongUsage(`grantway rollback: there is no option ${option}`),
  );
  expect((await grantway(["rollback", "--help"])).out).not.toContain(option);
});

test.each([
  [{ steps: "50,10" }, "--steps"],
  [{ steps: "0" }, "--steps"],
  [{ steps: "101" }, "--steps"],
  [{ steps: "ten" }, "--steps"],
  [{ every: "0s" }, "--every"],
  [{ every: "25h" }, "--every"],
  [{ every: "soon" }, "--every"],
  [{ "max-errors": "-1" }, "--max-errors"],
  [{ "max-error-rate": "101" }, "--max-error-rate"],
  [{ "max-errors": "1", "max-error-rate": "1" }, "--max-errors and"],
  [{ resume: true, "dry-run": true }, "--resume and"],
])("%j is refused", (given, sentence) => {
  expect(readPlan(given)).toEqual({ ok: false, denial: expect.stringMatching(`^${sentence}`) as string });
});

test("without options a release goes over 10 and 50 %, five minutes each, and takes no error", () => {
  expect(readPlan({})).toMatchObject({
    value: { steps: [10, 50], everyMs: 300_000, limit: { kind: "errors", most: 0 } },
  });
  expect(readPlan({ steps: "12.5,100", "max-error-rate": "0.5%" })).toMatchObject({
    value: { steps: [12.5], limit: { kind: "rate", percent: 0.5 } },
  });
});

test("an ARN tells region and alias, and keeps its account", () => {
  const arn = "arn:aws:lambda:eu-central-1:123456789012:function:f";
  expect(readTarget({ function: `${arn}:live` }, { AWS_REGION: "us-east-1" })).toEqual({
    ok: true,
    value: { name: "f", functionName: arn, alias: "live", region: "eu-central-1", gateways: [] },
  });
  expect(readTarget({ function: `${arn}:live`, alias: "next" }, {})).toMatchObject({ ok: false });
  expect(readTarget({ function: `${arn}:live`, region: "eu-west-1" }, {})).toMatchObject({ ok: false });
});

test.each(["eusc-de-east-1", "us-gov-west-1", "us-isob-east-1", "ap-southeast-2"])(
  "the region %s is one, by its option and in an ARN",
  (region) => {
    const arn = `arn:aws-any:lambda:${region}:123456789012:function:f:live`;
    for (const given of [{ function: "f", alias: "live", region }, { function: arn }])
      expect(readTarget(given, {})).toMatchObject({ ok: true, value: { region } });
  },
);

test.each([
  [{ region: "eu-west" }, {}, '--region "eu-west" is no region: one is such as eu-west-1'],
  [{ region: "" }, {}, '--region "" is no region: one is such as eu-west-1'],
  [
    { function: "arn:aws:lambda:west:123456789012:function:f" },
    {},
    'the ARN\'s "west" is no region: one is such as eu-west-1',
  ],
  [{}, { AWS_REGION: "EU-WEST-1" }, 'AWS_REGION "EU-WEST-1" is no region: one is such as eu-west-1'],
  [{}, { AWS_DEFAULT_REGION: "x" }, 'AWS_DEFAULT_REGION "x" is no region: one is such as eu-west-1'],
])("of %j and %j it is said which region is none", (given, env, denial) => {
  expect(readTarget({ function: "f", alias: "live", ...given }, env)).toEqual({ ok: false, denial });
});

test("an AWS that takes a question and never answers is a failure in time", async () => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const target = accepted(readTarget({ function: "f", alias: "live", region: "eu-west-1" }, {}));
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const console = { env: {}, isTerminal: false, isErrorTerminal: false, clock: Date.now, readFile: () => "" };
  const saved = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" });
  const printing = { ...console, print: () => undefined, printError: () => undefined };
  const ports = openPorts({ ...target, endpoint }, printing, false, 50);
  try {
    const failed = { denial: { kind: "failed", sentence: expect.stringContaining("50 ms") as string } };
    expect(await ports.alias.read()).toMatchObject(failed);
    expect(await ports.numbers.count("1", 0, 60_000)).toMatchObject(failed);
  } finally {
    ports.close();
    process.env = saved;
    silent.closeAllConnections();
    silent.close();
  }
});

test.each([
  [true, false],
  [false, true],
])("a terminal behind its output: %s, and behind its errors: %s, each has its own colours", (out, err) => {
  const target = accepted(readTarget({ function: "f", alias: "live", region: "eu-west-1" }, {}));
  const [print, printError] = [jest.fn(), jest.fn()];
  const console = { env: {}, isTerminal: out, isErrorTerminal: err, clock: Date.now, readFile: () => "" };
  const ports = openPorts(target, { ...console, print, printError }, false);
  ports.tell({ event: "over", why: "errors" });
  ports.tell({ event: "failed", sentence: "AWS is gone" });
  ports.close();
  const coloured = expect.stringContaining("\u001b[31m") as string;
  expect(print.mock.calls).toEqual([[out ? coloured : "going back  errors\n"]]);
  expect(printError.mock.calls).toEqual([[err ? coloured : expect.not.stringContaining("\u001b")]]);
});

describe("against the twin", () => {
  let twin: ReleaseTwin;
  beforeAll(async () => {
    twin = await startReleaseTwin();
  });
  afterAll(() => twin.close());

  const start = (command: string, ...argv: string[]) => {
    const all = [command, ...named, "--endpoint", twin.aws.endpoint, ...argv];
    const child = spawn(process.execPath, ["--import", "tsx", "server/cli/grantway.ts", ...all], {
      env: {
        PATH: process.env.PATH,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        ...twin.aws.operatorEnvironment,
      },
    });
    let [out, err] = ["", ""];
    const waiting: (() => void)[] = [];
    child.stdout.on("data", (chunk) => {
      out += String(chunk);
      for (const wake of waiting.splice(0)) wake();
    });
    child.stderr.on("data", (chunk) => (err += String(chunk)));
    const ended = once(child, "close").then(([status]) => ({ status: status as number | null, out, err }));
    const printed = async (text: string): Promise<void> => {
      while (!out.includes(text))
        await Promise.race([new Promise<void>((wake) => waiting.push(wake)), ended]);
    };
    return { child, ended, printed };
  };
  const run = (command: string, ...argv: string[]) => start(command, ...argv).ended;

  test("Ctrl-C stops it where it is, --resume goes on, rollback goes back", async () => {
    await twin.edit(good("two"));
    const release = start("release", "--every", "10m");
    await release.printed("for 10m");
    release.child.kill("SIGINT");
    expect(await release.ended).toMatchObject({
      status: 130,
      out: expect.stringMatching(/published +version 2.*\n10 % .*\nstopped +version 2 keeps 10 %/) as string,
      err: "",
    });
    expect(await run("release")).toMatchObject({
      status: 1,
      err: expect.stringContaining("a release from 1 to 2 is under way: 10 %") as string,
    });
    const status = await run("status", "--json");
    expect(JSON.parse(status.out)).toMatchObject({
      ...{ function: "greeter", alias: "live" },
      versions: [
        { version: "1", share: 90 },
        { version: "2", share: 10 },
      ],
      release: { from: "1", to: "2", phase: "begun" },
    });
    const resume = ["--resume", "--every", "1s", "--steps", "10"];
    expect(await run("release", ...resume)).toMatchObject({
      status: 1,
      out: expect.stringMatching(
        /\n {2}\d+s +0 calls, 0 errors in all\nstopped +version 2 keeps 10 %: no call was seen in this step.*--resume.*--allow-quiet.*grantway rollback\n$/,
      ) as string,
      err: "",
    });
    const resumed = await run("release", ...resume, "--allow-quiet", "--json");
    const events = resumed.out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { event: string }).event);
    expect([resumed.status, events]).toEqual([0, ["resumed", "step", "look", "quiet", "done"]]);
    expect(await run("rollback")).toMatchObject({
      status: 0,
      out: expect.stringContaining("version 1 alone") as string,
    });
    expect((await run("status")).out).toContain("  version 1    100 %  0 calls, 0 errors in 10 minutes\n");
  });

  test("an AWS or a gateway that is not there is 69, and nothing has moved", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const gone = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    silent.close();
    const blind = await run("release", "--again", "--gateway", gone, "--route", "r");
    expect(blind).toMatchObject({ status: 69, err: expect.stringContaining("cannot be read") as string });
    expect((await run("status")).out).toContain("100 %");
    expect(await run("status", "--endpoint", gone)).toMatchObject({ status: 69 });
  });
});
