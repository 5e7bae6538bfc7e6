// `grantway doctor` as a command: options and exit statuses. What it finds is in test/doctor/.
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { findingIds } from "../../server/doctor/finding.js";
import { grantway } from "./run-grantway.js";

const configuration = (endpoint?: string) => ({
  issuers: [{ name: "main", issuer: "http://127.0.0.1:1", audience: ["a"] }],
  roles: [{ name: "caller", when: "true", roleArn: "arn:aws:iam::123456789012:role/caller" }],
  routes: [
    {
      route: "ANY /f",
      name: "f",
      target: { invoke: "arn:aws:lambda:eu-west-1:123456789012:function:f:live" },
    },
  ],
  sts: { region: "eu-west-1", ...(endpoint !== undefined && { endpoint }) },
});

test("--help tells usage, options, exit statuses and an example, in 100 columns", async () => {
  const { status, out } = await grantway(["doctor", "--help"]);
  expect([status, out]).toEqual([0, expect.stringMatching(/^Usage: grantway doctor /)]);
  for (const part of ["Options:", "Exit status:", "Example: "]) expect(out).toContain(part);
  expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
});

test.each([
  [["more"], "it takes options only"],
  [["--rout", "f"], "there is no option --rout; did you mean --route?"],
  [["--endpoint", "here"], "--endpoint takes"],
  [["--gateway-role", "gateway"], "--gateway-role takes"],
  [["--role-arn", "arn:aws:iam::123456789012:user/x"], "--role-arn takes"],
  [["--load-balancer", "lb"], "--load-balancer takes"],
  [["--tag", "tenant"], "--tag takes"],
  [["--tag", "=acme"], "--tag takes"],
  [["--source-identity", "a b"], "--source-identity takes"],
  [["--route", "other"], 'there is no route named "other"'],
  [["--fly", "none.toml"], "--fly cannot be read"],
])("%j is wrong usage", async (argv, sentence) => {
  const { status, err } = await grantway(["doctor", ...argv], { files: { "gateway.yaml": configuration() } });
  expect([status, err]).toEqual([64, expect.stringContaining(`grantway doctor: ${sentence}`)]);
});

test("a bad configuration is 78, with its faults", async () => {
  const { status, err } = await grantway(["doctor"], { files: { "gateway.yaml": { issuers: [] } } });
  expect([status, err]).toEqual([78, expect.stringContaining("gateway.yaml: ")]);
});

test("an STS that is not there is 69, and no secret is told", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  const saved = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "hushhush" });
  try {
    const { status, out, err } = await grantway(["doctor"], {
      files: { "gateway.yaml": configuration(endpoint) },
    });
    expect([status, out]).toEqual([69, ""]);
    expect(err).toMatch(/^grantway doctor: STS could not be asked: /);
    expect(err).not.toContain("hushhush");
  } finally {
    process.env = saved;
  }
});

test("docs/doctor.md has a row for every finding, and for no other", () => {
  const [, page = ""] = readFileSync("docs/doctor.md", "utf8").split("\n## Findings\n");
  const rows = [...page.matchAll(/^\| `(\w+)` +\|/gm)].map(([, id]) => id);
  expect(rows).toEqual([...findingIds]);
});
