// Who holds credentials that were handed out: told by a signature of AWS's own signer, and to nobody else.
import { SignatureV4 } from "@smithy/signature-v4";
import { createBoundedMap } from "../server/adapters/bounded-map.js";
import { NodeSha256 } from "../deploy/local/aws/sigv4/node-sha256.js";
import { createCallerIdentity } from "../server/caller-identity.js";
import type { RoleSession } from "../server/core/model.js";
import { parseRequestTarget } from "../server/core/request-target.js";
import { accepted, refused } from "./fixtures/outcome.js";
import { roleSessionWith } from "./fixtures/session.js";

const now = Date.UTC(2026, 10, 22, 8, 45);
const body = "Action=GetCallerIdentity&Version=2011-06-15";

const sessionOf = (name: string): RoleSession =>
  roleSessionWith({
    credentials: {
      accessKeyId: `ASIAEXAMPLE000${name.toUpperCase()}`,
      secretAccessKey: `secret of ${name}`,
      sessionToken: `token of ${name}`,
    },
    assumedRoleArn: `arn:aws:sts::123456789012:assumed-role/analyst/${name}`,
    expiration: now + 900_000,
  });
const alice = { ...sessionOf("alice"), assumedRoleId: "AROAEXAMPLE:alice" };
const bob = { ...sessionOf("bob00"), assumedRoleId: "AROAEXAMPLE:bob00" };

async function sign({ credentials }: Pick<RoleSession, "credentials">, at = now): Promise<string[]> {
  const signer = new SignatureV4({ credentials, region: "eu-west-1", service: "sts", sha256: NodeSha256 });
  const headers = { host: "gateway.example", "content-type": "application/x-www-form-urlencoded" };
  const { headers: signed } = await signer.sign(
    {
      method: "POST",
      protocol: "https:",
      hostname: "gateway.example",
      path: "/sts/",
      query: {},
      headers,
      body,
    },
    { signingDate: new Date(at) },
  );
  return Object.entries(signed).flat();
}

function setUp(...sessions: RoleSession[]) {
  const granted = createBoundedMap<RoleSession>();
  for (const session of sessions) granted.set(session.credentials.accessKeyId, session);
  const state = { now };
  const identify = createCallerIdentity({ granted, clock: () => state.now });
  const target = accepted(parseRequestTarget("/sts/"));
  return {
    state,
    ask: (headers: readonly string[], method = "POST") =>
      identify({ method, headers }, target, Buffer.from(body)),
  };
}

test("a holder of credentials is told who they are: account, ARN and user id", async () => {
  const { ask } = setUp(alice, bob);
  const identities = [ask(await sign(alice)), ask(await sign(bob))].map(accepted);
  expect(identities).toEqual([
    { account: "123456789012", arn: alice.assumedRoleArn, userId: "AROAEXAMPLE:alice" },
    { account: "123456789012", arn: bob.assumedRoleArn, userId: "AROAEXAMPLE:bob00" },
  ]);
});

test("a user id that STS did not tell is not made up", async () => {
  const silent = sessionOf("alice");
  expect(accepted(setUp(silent).ask(await sign(silent))).userId).toBeUndefined();
});

test("credentials that were not handed out here are unknown", async () => {
  expect(refused(setUp(bob).ask(await sign(alice))).code).toBe("InvalidClientTokenId");
});

test("another session's token beside the key is refused before the signature is looked at", async () => {
  const mixed = { credentials: { ...alice.credentials, sessionToken: bob.credentials.sessionToken } };
  expect(refused(setUp(alice, bob).ask(await sign(mixed))).code).toBe("InvalidClientTokenId");
});

test("the right token with another's secret does not match", async () => {
  const mixed = { credentials: { ...alice.credentials, secretAccessKey: bob.credentials.secretAccessKey } };
  expect(refused(setUp(alice, bob).ask(await sign(mixed))).code).toBe("SignatureDoesNotMatch");
});

test("another method than the signed one does not match", async () => {
  expect(refused(setUp(alice).ask(await sign(alice), "GET")).code).toBe("SignatureDoesNotMatch");
});

test.each([
  ["just before its end", -1, undefined],
  ["at its end", 0, "ExpiredToken"],
  ["a day later", 86_400_000, "ExpiredToken"],
])("a session %s", async (_, late, code) => {
  const { state, ask } = setUp(alice);
  state.now = alice.expiration + late;
  const outcome = ask(await sign(alice, state.now));
  expect(outcome.ok ? undefined : outcome.denial.code).toBe(code);
});

test("without a signature, or with half of one, it says which", async () => {
  const { ask } = setUp(alice);
  const headers = await sign(alice);
  expect(refused(ask(["host", "gateway.example"])).code).toBe("MissingAuthenticationToken");
  expect(refused(ask(["authorization", "Bearer e30.e30.e30"])).code).toBe("IncompleteSignature");
  const at = headers.indexOf("x-amz-date");
  expect(refused(ask(headers.toSpliced(at, 2))).code).toBe("IncompleteSignature");
});

test("no refusal tells a secret or a token", async () => {
  const { state, ask } = setUp(alice, bob);
  const mixes = [
    { ...alice.credentials, sessionToken: bob.credentials.sessionToken },
    { ...alice.credentials, secretAccessKey: "another" },
    { ...alice.credentials, accessKeyId: "ASIAEXAMPLE000NOBODY" },
  ];
  const flaws = [ask(["authorization", "secret of alice"])];
  for (const credentials of mixes) flaws.push(ask(await sign({ credentials })));
  state.now += 3_600_000;
  flaws.push(ask(await sign(alice)), ask(await sign(alice, state.now)));
  expect(flaws.every(({ ok }) => !ok)).toBe(true);
  expect(JSON.stringify(flaws)).not.toMatch(/of alice|of bob|ASIA/);
});
