// `npm run token` as a shell meets it: its own process, a running provider, one line out.
import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { decodeJwt } from "jose";
import { startOpenIdProvider, type OpenIdProvider } from "../../../deploy/local/issuer/openid-provider.js";

interface Outcome {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

let provider: OpenIdProvider;
let webPage: Server;

beforeAll(async () => {
  provider = await startOpenIdProvider({ port: 0 });
  webPage = createServer((_request, response) => response.end("<html>hello</html>")).listen(0, "127.0.0.1");
  await once(webPage, "listening");
});
afterAll(async () => {
  await provider.close();
  webPage.close();
});

function token(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const command = ["--import", "tsx", "deploy/local/token.ts", ...args];
  const bareEnv = { ...process.env, ISSUER: undefined, ISSUER_PORT: undefined };
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env: { ...bareEnv, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
  });
}

it("prints the token of a user and nothing else", async () => {
  const outcome = await token(["alice", "--ttl", "60", "--scope", "a b"], {
    ISSUER_PORT: String(provider.port),
  });
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  expect(outcome.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  expect(decodeJwt(outcome.stdout.trim())).toMatchObject({
    sub: "alice",
    iss: provider.issuer,
    scope: "a b",
  });
});

it("takes the whole issuer URL from ISSUER, with or without a trailing slash", async () => {
  const outcome = await token(["carol"], { ISSUER: `${provider.issuer}/`, ISSUER_PORT: "1" });
  expect(decodeJwt(outcome.stdout.trim())).toMatchObject({ sub: "carol" });
});

it("prints its usage for --help", async () => {
  const outcome = await token(["--help"]);
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  expect(outcome.stdout).toContain("alice, bob, carol");
});

it("wants one user, and not two", async () => {
  const outcome = await token(["alice", "bob"], { ISSUER: provider.issuer });
  expect(outcome).toMatchObject({ code: 64, stdout: "" });
  expect(outcome.stderr).toMatch(/^token: name one user[^\n]+\n$/);
});

describe("says in one line on stderr, with exit status 1,", () => {
  const pageUrl = (): string => `http://127.0.0.1:${(webPage.address() as AddressInfo).port}`;
  it.each([
    {
      fault: "that the user is unknown",
      args: ["mallory"],
      line: /no such user; there are: alice, bob, carol/,
    },
    {
      fault: "that the life is out of range",
      args: ["alice", "--ttl", "0"],
      line: /ttl must be 1 to 86400 seconds/,
    },
  ])("$fault", async ({ args, line }) => {
    const outcome = await token(args, { ISSUER: provider.issuer });
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toMatch(/^token: [^\n]+\n$/);
    expect(outcome.stderr).toMatch(line);
  });

  it.each([
    { fault: "that no provider is running", issuer: () => "http://127.0.0.1:1" },
    { fault: "that what answers is no OpenID provider", issuer: pageUrl },
    { fault: "that ISSUER is no URL", issuer: () => "banana" },
  ])("$fault", async ({ issuer }) => {
    expect(await token(["alice"], { ISSUER: issuer() })).toEqual({
      code: 1,
      stdout: "",
      stderr: `token: no OpenID provider answers at ${issuer()} (npm run local starts one)\n`,
    });
  });
});
