// What a refusal at the grant door looks like in an AWS SDK, and what it costs when SDKs try again.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StsFault } from "../../deploy/local/aws/sts/create-sts.js";
import { startSdkProcess, type SdkProcess } from "../fixtures/sdk-process.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { startTlsFront, type TlsFront } from "../fixtures/tls-front.js";

let stack: Stack;
let front: TlsFront;
let folder: string;
let tokenFile: string;
let sdk: SdkProcess;
const sts: { fault?: StsFault; asked: number; onAsked?: () => void } = { asked: 0 };

beforeAll(async () => {
  stack = await startStack({
    fault: () => {
      sts.asked += 1;
      sts.onAsked?.();
      return sts.fault;
    },
    adjust: (settings) => ({
      ...settings,
      routes: settings.routes.map((route) =>
        route.name === "long" ? { ...route, doors: new Set(["proxy"]) } : route,
      ),
    }),
  });
  front = await startTlsFront(stack.url);
  folder = mkdtempSync(join(tmpdir(), "grantway-token-"));
  tokenFile = join(folder, "token");
  sdk = await startSdkProcess({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${front.url}/grant/jobs`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
    NODE_EXTRA_CA_CERTS: front.certificateFile,
    AWS_ENDPOINT_URL: stack.aws.endpoint,
    AWS_REGION: "eu-west-1",
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  });
});
beforeEach(() => {
  front.passed.length = 0;
  sts.asked = 0;
});
afterEach(() => {
  delete sts.fault;
  delete sts.onAsked;
});
afterAll(async () => {
  await sdk.close();
  await front.close();
  await stack.close();
  rmSync(folder, { recursive: true });
});

const statuses = () => front.passed.map(({ status }) => status);

test.each([
  ["a token that is none", "alice", "not.a.token", "/grant/jobs", 401, "token_invalid"],
  ["an empty token file", "alice", "", "/grant/jobs", 401, "credentials_missing"],
  ["a caller without a role", "bob", undefined, "/grant/jobs", 403, "role_not_granted"],
  ["a mistyped route", "alice", undefined, "/grant/job", 404, "route_unknown"],
  ["a route that does not grant", "alice", undefined, "/grant/long", 404, "route_unknown"],
  ["no route named", "alice", undefined, "/grant", 404, "route_unnamed"],
  ["a query", "alice", undefined, "/grant/jobs?x=1", 400, "query_refused"],
])("%s is in the SDK's error by our code and sentence", async (_, user, token, path, status, code) => {
  writeFileSync(tokenFile, token ?? (await stack.issuer.mint(user)));
  expect(await sdk.providerFailure(front.url + path)).toEqual({
    name: "CredentialsProviderError",
    message: `Server responded with status: ${status}`,
    Code: code,
    Message: expect.stringMatching(/^[A-Z].*\.$/) as string,
  });
  expect(statuses()).toEqual([status]);
});

// The SDK gives up before it sends anything.
test("a token with a line's end reaches nobody", async () => {
  writeFileSync(tokenFile, `${await stack.issuer.mint("alice")}\n`);
  const { message } = await sdk.providerFailure(`${front.url}/grant/jobs`);
  expect(message).toContain('Invalid character in header content ["Authorization"]');
  expect(statuses()).toEqual([]);
});

test("a refusal of STS's that the SDK tries again is asked of STS once", async () => {
  sts.fault = "deny";
  writeFileSync(tokenFile, await stack.issuer.mint("carol"));
  await sdk.identityFailure();
  expect(statuses()).toEqual([403, 403, 403, 403]);
  expect(sts.asked).toBe(1);
});

test("a token in the query is refused, and no log has it", async () => {
  const token = await stack.issuer.mint("alice");
  for (const path of ["/grant/jobs", "/grant", "/grant/none"]) {
    for (const name of ["access_token", "token"]) {
      const answer = await fetch(`${stack.url}${path}?${name}=${token}`, {
        headers: { authorization: token },
      });
      expect(answer.status).toBe(400);
      expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="grantway", error="invalid_request"');
      expect(await answer.json()).toMatchObject({ Code: "query_refused" });
    }
  }
  const log = JSON.stringify(stack.logLines());
  expect(log).toContain("query_refused");
  expect(log).not.toContain(token.split(".")[1]);
});

test("without a token a route that does not grant is told from no unknown one", async () => {
  const bodies = await Promise.all(
    ["long", "none"].map(async (name) => {
      const answer = await fetch(`${stack.url}/grant/${name}`);
      const { instance, ...rest } = (await answer.json()) as Record<string, unknown>;
      expect(instance).toEqual(expect.any(String));
      return { status: answer.status, ...rest };
    }),
  );
  expect(bodies[0]).toEqual(bodies[1]);
});

test("the session of a caller who hung up while STS was slow is his SDK's next try's", async () => {
  let answer: () => void = () => undefined;
  sts.fault = { slow: new Promise<void>((resolve) => (answer = resolve)) };
  const asked = new Promise<void>((resolve) => (sts.onAsked = resolve));
  const token = await stack.issuer.mint("alice", { sub: "impatient" });
  writeFileSync(tokenFile, `${token} `);

  const impatient = new AbortController();
  const { signal } = impatient;
  const first = fetch(`${stack.url}/grant/jobs`, { headers: { authorization: token }, signal });
  await asked;
  impatient.abort();
  await expect(first).rejects.toThrow("aborted");
  answer();
  expect(await sdk.identity()).toMatch(/local\.impatient$/);
  // AssumeRole once, and GetCallerIdentity.
  expect(sts.asked).toBe(2);
});
