// `grantway doctor` as a command: options and exit statuses. What it finds is in test/doctor/.
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  [["--route", "other"], 'there is no route named "other"; the configuration has f ('],
  [["--fly", "none.toml"], "--fly none.toml cannot be read: no such file"],
])("%j is wrong usage", async (argv, sentence) => {
  const { status, err } = await grantway(["doctor", ...argv], { files: { "gateway.yaml": configuration() } });
  expect([status, err]).toEqual([64, expect.stringContaining(`grantway doctor: ${sentence}`)]);
});

test("of many routes ten are named", async () => {
  const { routes, ...rest } = configuration();
  const many = Array.from({ length: 12 }, (_, at) => ({ ...routes[0], route: `ANY /${at}`, name: `r${at}` }));
  const { err } = await grantway(["doctor", "--route", "x\u001b"], {
    files: { "gateway.yaml": { ...rest, routes: many } },
  });
  expect(err).toContain(
    String.raw`no route named "x\u001b"; the configuration has r0, r1, r2, r3, r4, r5, r6, r7, r8, r9 and 2 more (`,
  );
});

test("the configuration is read once", async () => {
  const read: string[] = [];
  const files = new Proxy(
    { "gateway.yaml": configuration() },
    {
      get: (target, path) => {
        read.push(String(path));
        return Reflect.get(target, path) as unknown;
      },
    },
  );
  await grantway(["doctor", "--route", "other"], { files });
  expect(read).toEqual(["gateway.yaml"]);
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

describe("without credentials it says where it looked and what to do, and tells no secret", () => {
  const none = { AWS_CONFIG_FILE: "/none/config", AWS_SHARED_CREDENTIALS_FILE: "/none/credentials" };
  const noMachine = { ...none, AWS_EC2_METADATA_DISABLED: "true" };

  /** Nothing of this process's own environment counts. */
  async function unarmed(given: Record<string, string>): Promise<string> {
    const saved = process.env;
    const others = Object.entries(saved).filter(([name]) => !name.startsWith("AWS_"));
    process.env = { ...Object.fromEntries(others), ...noMachine, ...given };
    try {
      const { status, out, err } = await grantway(["doctor"], {
        files: { "gateway.yaml": configuration("http://127.0.0.1:1") },
      });
      expect([status, out]).toEqual([69, ""]);
      expect(err).toMatch(/^grantway doctor: there are no AWS credentials: /);
      expect(err).toContain("\n  AWS_PROFILE=NAME grantway doctor --gateway-role ARN\n");
      return err;
    } finally {
      process.env = saved;
    }
  }

  const key = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  const profile = "AWS_PROFILE (else [default]; in /none/config and /none/credentials)";
  const tokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN";
  test.each<[string, Record<string, string>, string]>([
    ["a key without its secret", { AWS_ACCESS_KEY_ID: "hush" }, `${key}: AWS_SECRET_ACCESS_KEY is not set`],
    ["a profile that is not there", { AWS_PROFILE: "nobody" }, `${profile}: set, and gave none`],
    [
      "a token file that is not there",
      { AWS_WEB_IDENTITY_TOKEN_FILE: "/none/token", AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/r" },
      `${tokenFile}: set, and gave none`,
    ],
  ])("%s", async (_title, given, told) => {
    const err = await unarmed(given);
    const others = [key, profile, tokenFile].filter((place) => !told.startsWith(place));
    for (const place of others) expect(err).toContain(`\n  ${place}: not set\n`);
    expect(err).toContain(`\n  ${told}\n`);
    expect(err).not.toContain("hush");
  });

  test("a credential_process that fails, whose command has a password", async () => {
    const folder = mkdtempSync(join(tmpdir(), "doctor-"));
    try {
      writeFileSync(join(folder, "config"), "[default]\ncredential_process = false --password hushhush\n");
      const err = await unarmed({ AWS_CONFIG_FILE: join(folder, "config") });
      expect(err).not.toContain("hush");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a container's token that is wrong", async () => {
    const agent = createServer((_req, res) => res.writeHead(403).end("{}")).listen(0, "127.0.0.1");
    await once(agent, "listening");
    try {
      const uri = `http://127.0.0.1:${(agent.address() as AddressInfo).port}/v2/credentials`;
      const err = await unarmed({
        AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: "hushhush",
      });
      expect(err).toMatch(/^ {2}AWS_CONTAINER_CREDENTIALS_FULL_URI or .*: set, and gave none$/m);
      expect(err).not.toContain("hushhush");
    } finally {
      agent.close();
    }
  });
});

test("docs/doctor.md has a row for every finding, and for no other", () => {
  const [, page = ""] = readFileSync("docs/doctor.md", "utf8").split("\n## Findings\n");
  const rows = [...page.matchAll(/^\| `(\w+)` +\|/gm)].map(([, id]) => id);
  expect(rows).toEqual([...findingIds]);
});
