// Releases with the real AWS SDK clients against the twin: real signatures, permissions, versions, calls and numbers.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GetAliasCommand } from "@aws-sdk/client-lambda";
import { createMetrics, type Metrics } from "../../server/adapters/metrics.js";
import { cloudWatchNumbers } from "../../server/release/cloudwatch-numbers.js";
import type { ReleaseEvent } from "../../server/release/events.js";
import { gatewayAt } from "../../server/release/gateway-counts.js";
import { lambdaAlias } from "../../server/release/lambda-alias.js";
import type { ReleasePorts } from "../../server/release/ports.js";
import { release, type ReleasePlan } from "../../server/release/release.js";
import { rollback } from "../../server/release/rollback.js";
import { readStatus } from "../../server/release/status.js";
import { bad, type Clients, good, type ReleaseTwin, startReleaseTwin } from "./release-twin.js";

let twin: ReleaseTwin;
let [metrics, gatewayServer]: [Metrics?, Server?] = [];
let events: ReleaseEvent[] = [];
beforeEach(async () => {
  events = [];
  twin = await startReleaseTwin();
});
afterEach(async () => {
  gatewayServer?.close();
  gatewayServer = undefined;
  await twin.close();
});

const plan: ReleasePlan = {
  steps: [10, 50],
  everyMs: 20_000,
  limit: { kind: "errors", most: 0 },
  ...{ isDryRun: false, isResume: false, isAgain: false, isQuietAllowed: false },
};
const names = { functionName: "greeter", alias: "live" };

/** Time passes at once, and `meanwhile` is what happens in it. */
const portsOf = (meanwhile: () => Promise<unknown>, clients: Clients = twin.releaser): ReleasePorts => {
  let skipped = 0;
  return {
    alias: lambdaAlias(clients.lambda, names),
    numbers: cloudWatchNumbers(clients.cloudWatch, names),
    gateways: gatewayServer ? [gatewayAt(urlOf(gatewayServer), "greet")] : [],
    clock: () => Date.now() + skipped,
    sleep: async (milliseconds) => {
      skipped += milliseconds;
      await meanwhile();
    },
    isStopped: () => false,
    tell: (event) => events.push(event),
  };
};

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const calls = (): Promise<string[]> => twin.call(10);
const alias = () => twin.releaser.lambda.send(new GetAliasCommand({ FunctionName: "greeter", Name: "live" }));

test("a good version takes a tenth, then half, then all of the calls", async () => {
  await twin.edit(good("two"));
  const ran: string[][] = [];
  expect(
    await release(
      portsOf(async () => ran.push(await calls())),
      plan,
    ),
  ).toBe("done");
  const shares = ran.map((versions) => versions.filter((version) => version === "2").length);
  expect(shares).toEqual([1, 1, 5, 5]);
  expect(new Set(await calls())).toEqual(new Set(["2"]));
  expect(await alias()).toMatchObject({
    FunctionVersion: "2",
    Description: expect.stringMatching(/^\[grantway 1 -> 2 done /) as string,
  });
  const looks = events.flatMap((event) => (event.event === "look" ? [event.seen.calls] : []));
  expect(looks).toEqual([1, 2, 7, 12]);
});

test("a version that throws is rolled back by CloudWatch's numbers", async () => {
  await twin.edit(bad);
  expect(await release(portsOf(calls), plan)).toBe("no");
  expect(events.at(-2)).toEqual({ event: "over", why: "errors of the new version: 1 (limit 0)" });
  const { FunctionVersion, RoutingConfig } = await alias();
  expect([FunctionVersion, RoutingConfig]).toEqual(["1", undefined]);
  expect(new Set(await calls())).toEqual(new Set(["1"]));
});

test("a version that only the gateway sees failing is rolled back", async () => {
  metrics = createMetrics(() => 0);
  const read = metrics;
  gatewayServer = createServer((_request, response) => {
    void read.read().then(({ text }) => response.end(text));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => gatewayServer?.once("listening", resolve));
  await twin.edit(good("two"));
  const answered = (status: number): void => {
    read.callStarted();
    read.callEnded({ route: "greet", door: "proxy", status, verdict: "complete", seconds: 1 });
  };
  answered(502);
  const meanwhile = (): Promise<void> => {
    answered(502);
    return Promise.resolve();
  };
  expect(await release(portsOf(meanwhile), plan)).toBe("no");
  expect(events.at(-2)).toEqual({
    event: "over",
    why: "5xx of the gateway: 1 (limit 0)",
  });
  expect((await alias()).FunctionVersion).toBe("1");
});

test("of two releases at the same time one goes on", async () => {
  await twin.edit(good("two"));
  const [one, two] = await Promise.all([release(portsOf(calls), plan), release(portsOf(calls), plan)]);
  expect([one, two].sort()).toEqual(["done", "no"]);
  expect(events.filter(({ event }) => event === "refused" || event === "conflict")).toMatchObject([
    { sentence: expect.stringMatching(/somebody else has changed|is under way/) as string },
  ]);
  expect((await alias()).FunctionVersion).toBe("2");
});

test("a release whose process was lost is resumed by another, and taken back afterwards", async () => {
  await twin.edit(good("two"));
  const lost = portsOf(() => Promise.reject(new Error("the laptop is closed")));
  await expect(release(lost, plan)).rejects.toThrow("closed");
  const status = await readStatus(portsOf(calls));
  expect(status.ok && status.value.versions.map(({ version, share }) => [version, share])).toEqual([
    ["1", 90],
    ["2", 10],
  ]);
  expect(await release(portsOf(calls), { ...plan, isResume: true })).toBe("done");
  expect((await alias()).FunctionVersion).toBe("2");
  expect(await rollback(portsOf(calls), { to: undefined, isDryRun: false })).toBe("done");
  expect((await alias()).FunctionVersion).toBe("1");
});

test("nothing new is nothing to do, and a dry run only reads", async () => {
  expect(await release(portsOf(calls), plan)).toBe("done");
  expect(events).toEqual([{ event: "nothing", version: "1" }]);
  await twin.edit(good("two"));
  const before = await alias();
  expect(await release(portsOf(calls), { ...plan, isDryRun: true })).toBe("done");
  expect((await alias()).RevisionId).toBe(before.RevisionId);
});

test("a role that may not release is told which action it lacks", async () => {
  await twin.edit(good("two"));
  expect(await release(portsOf(calls, twin.task), plan)).toBe("failed");
  expect(events).toMatchObject([
    {
      event: "failed",
      sentence: expect.stringMatching(
        /^AWS does not allow lambda:GetAlias on greeter:live; .*no such function.*assumed-role\/task\//,
      ) as string,
    },
  ]);
});
