// deploy/fly/fly.toml against the gateway's own limits, Fly's, and the two files beside it.
import { readFileSync } from "node:fs";
import { parse, type TomlTable } from "smol-toml";
import { holdsOf } from "../../../bench/holds.js";
import { loadTemplate } from "../../../deploy/local/aws/template/load-template.js";
import { upstreamTimers } from "../../../server/adapters/upstream.js";
import type { Settings } from "../../../server/config/compile.js";
import { loadConfiguration } from "../../../server/config/load.js";
import { limitContradictions } from "../../../server/core/limit-contradictions.js";
import { keepAliveTimeoutMs } from "../../../server/listener.js";
import { heldFigures } from "../../fixtures/bench-figures.js";
import { startStack, type Stack } from "../../fixtures/stack.js";
import { tablesOf } from "./tables-of.js";

const read = (name: string): string => readFileSync(`deploy/fly/${name}`, "utf8");
const fly = parse(read("fly.toml"));
const [service = {}, ...others] = tablesOf(fly.services);
const ports = tablesOf(service.ports);
const table = (value: unknown): TomlTable => value as TomlTable;
const textOf = (value: unknown): string => {
  if (typeof value !== "string") throw new Error(`${JSON.stringify(value)} is not text`);
  return value;
};
const ready = table(table(fly.checks).ready);
const metrics = table(fly.metrics);
const settings = loaded();
const mebibyte = 2 ** 20;

function machine(): { readonly kind: string; readonly processors: number; readonly mebibytes: number } {
  const [{ size, memory } = {}] = tablesOf(fly.vm);
  const [, kind = "", processors] = /^(shared-cpu|performance)-(\d+)x$/.exec(textOf(size)) ?? [];
  const gibibytes = Number(/^(\d+)gb$/.exec(textOf(memory))?.[1]);
  return { kind, processors: Number(processors), mebibytes: gibibytes * 1024 };
}

function loaded(): Settings {
  const result = loadConfiguration({
    file: "deploy/fly/gateway.yaml",
    env: {},
    readFile: (path) => readFileSync(path, "utf8"),
  });
  if (!result.ok) throw new Error(JSON.stringify(result.denial));
  return result.value;
}

test("ports are the gateway's: calls to the doors, checks and metrics to the admin port, which is in no service", () => {
  expect(others).toEqual([]);
  expect([service.internal_port, ready.port, metrics.port]).toEqual([
    settings.listen.port,
    settings.listen.adminPort,
    settings.listen.adminPort,
  ]);
  expect(settings.listen.host).toBe("0.0.0.0");
  expect(ports.map(({ port, handlers }) => [port, handlers])).toEqual([
    [80, ["http"]],
    [443, ["tls", "http"]],
  ]);
  expect(ports[0]?.force_https).toBe(true);
});

test("the drain, its last words and the log fit between the signal and the kill, which is as late as Fly allows", () => {
  expect(fly.kill_signal).toBe("SIGTERM");
  expect(fly.kill_timeout).toBe(300);
  expect(settings.listen.drainMs + 10_000).toBeLessThanOrEqual(300_000);
  expect(settings.listen.drainMs).toBeGreaterThanOrEqual(270_000);
});

test("a deploy lets callers at new Machines when they are ready, and the old ones drain before it ends them", () => {
  const { strategy, wait_timeout, ...others } = table(fly.deploy);
  // With the others a Machine that is not ready takes calls: Fly's proxy goes by no check of [checks].
  expect(strategy).toBe("bluegreen");
  // That strategy takes no volumes, and reads nothing that is for `rolling`.
  expect(fly.mounts).toBeUndefined();
  expect(others).toEqual({});
  expect(ready.path).toBe("/readyz");
  const seconds = Number(/^(\d+)m$/.exec(textOf(wait_timeout))?.[1]) * 60;
  expect(seconds).toBeGreaterThan(Number(fly.kill_timeout) + 60);
});

test("no check of the service asks for a path: on its port all paths are the functions'", () => {
  expect(service.http_checks).toBeUndefined();
  expect(tablesOf(service.tcp_checks).map(({ port }) => port)).toEqual([undefined]);
});

test("clients are met with TLS 1.2 at least, and 1.3 where they know it", () => {
  expect(table(ports[1]?.tls_options)).toEqual({ versions: ["TLSv1.2", "TLSv1.3"] });
});

test("no limit of the configuration contradicts another: the drain may cut, and says so", () => {
  const longestMs = Math.max(...settings.routes.map(({ timeoutMs }) => timeoutMs));
  expect(settings.listen.drainMayCut).toBe(longestMs > settings.listen.drainMs);
  const server = { timeout: 0, keepAliveTimeout: keepAliveTimeoutMs };
  expect(limitContradictions(settings, { server, upstream: upstreamTimers })).toEqual([]);
});

test("a call that is silent for as long as its route allows is not idle to Fly's proxy", () => {
  const longestMs = Math.max(900_000, ...settings.routes.map(({ timeoutMs }) => timeoutMs));
  const { idle_timeout } = table(ports[1]?.http_options);
  expect(Number(idle_timeout) * 1000).toBeGreaterThan(longestMs);
  expect(Number(idle_timeout) * 1000).toBeLessThan(keepAliveTimeoutMs);
});

test("no Machine is stopped or suspended for lack of load, and two are there", () => {
  expect(service).toMatchObject({ auto_stop_machines: "off", auto_start_machines: false });
  expect(service.min_machines_running).toBeGreaterThanOrEqual(2);
});

test("as many calls as Fly lets in at once fit the memory, with all bodies that may be held", () => {
  const { type, soft_limit, hard_limit } = table(service.concurrency);
  expect(type).toBe("requests");
  expect(Number(soft_limit)).toBeLessThan(Number(hard_limit));
  const needed = 150 * mebibyte + settings.limits.bufferedBytes + Number(hard_limit) * 25 * 1024;
  expect(needed).toBeLessThan(0.8 * machine().mebibytes * mebibyte);
});

test("a Machine has one processor to itself, and memory that Fly gives with it", () => {
  const { kind, processors, mebibytes } = machine();
  // A shared one is a sixteenth of a core in the long run, and the figures of operations.md are a core's.
  expect({ kind, processors }).toEqual({ kind: "performance", processors: 1 });
  expect(mebibytes % 1024).toBe(0);
  expect(mebibytes).toBeGreaterThanOrEqual(2048);
  expect(mebibytes).toBeLessThanOrEqual(8192);
});

test("what it says that a silent call takes is what the bench holds it to", () => {
  const { hold } = holdsOf(heldFigures).find(({ what }) => what.includes("silent call")) ?? {};
  const kilobytes = /^<= (\d+ KB)$/.exec(textOf(hold))?.[1] ?? "";
  const said = Array.from(read("fly.toml").matchAll(/(at most )?(\d+ KB)/g), ([all]) => all);
  expect(said).toEqual([`at most ${kilobytes}`, `at most ${kilobytes}`]);
  expect(readFileSync("docs/operations.md", "utf8")).toContain(`, at most ${kilobytes} `);
});

test("the environment has the role of oidc.yaml and nothing else, and no file has a key", async () => {
  const { roles } = await loadTemplate("deploy/fly/oidc.yaml", {
    ...{ accountId: "123456789012", region: "eu-west-1", stackName: "grantway-fly" },
    parameters: {
      FlyOrganization: "acme",
      FlyApp: textOf(fly.app),
      InvokeRoleArns: settings.roles.map(({ roleArn }) => textOf(roleArn)).join(","),
    },
  });
  expect(fly.env).toEqual({ AWS_ROLE_ARN: roles[0]?.arn });
  for (const name of ["fly.toml", "gateway.yaml", "oidc.yaml", "README.md"])
    expect(read(name)).not.toMatch(
      /\b(AKIA|ASIA)[A-Z0-9]{16}\b|aws_secret|secret_access|AccessKey:|fo1_|FlyV1/i,
    );
});

describe("in a gateway that runs", () => {
  let stack: Stack;
  beforeAll(async () => {
    const { trustProxy } = settings.listen;
    stack = await startStack({ adjust: (local) => ({ ...local, listen: { ...local.listen, trustProxy } }) });
  });
  afterAll(() => stack.close());

  test.each([
    ["the check", ready.path],
    ["the metrics", metrics.path],
  ])("%s asks for a path that the admin listener has", async (_what, path) => {
    const { status } = await fetch(`${stack.adminUrl}${textOf(path)}`);
    expect([200, 503]).toContain(status);
  });

  test("the caller's address is the one that Fly's edge saw, whatever the caller wrote before it", async () => {
    const forwarded = "203.0.113.66, 198.51.100.7, 66.241.124.10";
    await fetch(`${stack.url}/hello`, { headers: { "x-forwarded-for": forwarded } });
    expect(stack.logLines().at(-1)).toMatchObject({ status: 401, client: "198.51.100.7" });
  });
});
