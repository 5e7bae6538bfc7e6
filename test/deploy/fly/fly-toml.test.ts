// deploy/fly/fly.toml against the gateway's own limits, Fly's, and the two files beside it.
import { readFileSync } from "node:fs";
import { parse, type TomlTable } from "smol-toml";
import { loadTemplate } from "../../../deploy/local/aws/template/load-template.js";
import { upstreamTimers } from "../../../server/adapters/upstream.js";
import type { Settings } from "../../../server/config/compile.js";
import { loadConfiguration } from "../../../server/config/load.js";
import { limitContradictions } from "../../../server/core/limit-contradictions.js";
import { keepAliveTimeoutMs } from "../../../server/listener.js";
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
  expect(table(fly.deploy)).toMatchObject({ max_unavailable: 1, wait_timeout: "10m" });
});

test("a deploy takes one Machine after the other, and waits for its whole drain before it goes on", () => {
  const { strategy, max_unavailable, wait_timeout } = table(fly.deploy);
  // `immediate` asks no check, and drains all at once; `bluegreen` and `canary` want room for more Machines than there are.
  expect(strategy).toBe("rolling");
  expect(Number(service.min_machines_running) - Number(max_unavailable)).toBeGreaterThanOrEqual(1);
  const minutes = Number(/^(\d+)m$/.exec(textOf(wait_timeout))?.[1]);
  const secondsOf = (value: unknown): number => Number(/^(\d+)s$/.exec(textOf(value))?.[1]);
  expect(minutes * 60).toBeGreaterThan(Number(fly.kill_timeout) + secondsOf(ready.grace_period));
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
  const [{ memory } = {}] = tablesOf(fly.vm);
  const needed = 150 * mebibyte + settings.limits.bufferedBytes + Number(hard_limit) * 25 * 1024;
  expect(memory).toBe("1gb");
  expect(needed).toBeLessThan(0.8 * 1024 * mebibyte);
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
