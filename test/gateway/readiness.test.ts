// /readyz end to end: no traffic before the roles that callers will need have been assumed, and the reason in AWS's words.
import type { StsFault } from "../../deploy/local/aws/sts/create-sts.js";
import { json, startIssuer, type IssuerServer } from "../fixtures/issuer-server.js";
import { startStack, type Stack, type StackOptions } from "../fixtures/stack.js";
import { jwk, rsaKeyPair } from "../fixtures/tokens.js";

let stack: Stack;
let issuer: IssuerServer | undefined;
afterEach(async () => {
  await stack.close();
  await issuer?.close();
  issuer = undefined;
});

interface Readyz {
  readonly status: number;
  readonly body: {
    readonly status: string;
    readonly reasons: readonly string[];
    readonly notes?: readonly string[];
  };
}

async function readyz(): Promise<Readyz> {
  const response = await fetch(`${stack.adminUrl}/readyz`);
  return { status: response.status, body: (await response.json()) as Readyz["body"] };
}

/** Asks until it says so; the test's own time is the limit. */
async function until(holds: (readyz: Readyz) => boolean): Promise<Readyz> {
  for (;;) {
    const answer = await readyz();
    if (holds(answer)) return answer;
    await new Promise(setImmediate);
  }
}

const withRules = (changes: object): NonNullable<StackOptions["adjust"]> => {
  return (settings) => ({ ...settings, roles: settings.roles.map((rule) => ({ ...rule, ...changes })) });
};

test("a gateway becomes ready by itself, once it has keys and has assumed its role", async () => {
  stack = await startStack();
  expect(await until(({ status }) => status === 200)).toEqual({
    status: 200,
    body: { status: "ready", reasons: [] },
  });
  expect(stack.sessionLines()).toContainEqual(
    expect.objectContaining({
      message: "role probed",
      rules: ["analyst"],
      outcome: "ok",
      roleSessionName: "grantway-readiness-probe",
      assumeRoleRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    }),
  );
  const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
  expect(metrics).toMatch(/grantway_role_probes_total\{rule="analyst",outcome="ok"\} 1/);
  expect(metrics).not.toMatch(/grantway_assume_role_total\{.*\} [1-9]/);
});

test("a role that AWS refuses keeps it out of traffic, and one that is mended lets it in", async () => {
  let fault: StsFault | undefined = "deny";
  stack = await startStack({ fault: () => fault });
  const refused = await until(({ body: { reasons } }) =>
    reasons.some((reason) => reason.includes("AccessDenied")),
  );
  expect(refused.status).toBe(503);
  expect(refused.body.reasons).toContainEqual(
    expect.stringMatching(
      /^role arn:aws:iam::123456789012:role\/grantway-analyst of rule analyst cannot be assumed: AccessDenied: /,
    ),
  );
  fault = undefined;
  expect((await until(({ status }) => status === 200)).body.reasons).toEqual([]);
});

test("a trust policy that wants a tag refuses a probe without it, as it does callers", async () => {
  stack = await startStack({ adjust: withRules({ tags: [] }) });
  const { body } = await until(({ body: { reasons } }) =>
    reasons.some((reason) => reason.includes("AccessDenied")),
  );
  expect(body.reasons.join()).toContain("no tags");
});

test("a role that is not probed is said to be so, and is no hindrance", async () => {
  stack = await startStack({ adjust: withRules({ probe: null }) });
  const ready = await until(({ status }) => status === 200);
  expect(ready.body.notes).toEqual(["the role of rule analyst is not probed: probe is null"]);
  expect(stack.sessionLines().filter(({ message }) => message === "role probed")).toEqual([]);
});

describe("an issuer", () => {
  const withIssuer = (url: string): NonNullable<StackOptions["adjust"]> => {
    return ({ issuers, ...settings }) => ({
      ...settings,
      issuers: issuers.map((each) => ({ ...each, jwksUri: `${url}/jwks` })),
    });
  };

  test("that was down at the start is asked again, though no caller comes before the gateway is ready", async () => {
    issuer = await startIssuer();
    issuer.answers.set("/jwks", json({}, 503));
    stack = await startStack({ adjust: withIssuer(issuer.url) });
    const isToldOf = ({ body: { reasons } }: Readyz) =>
      reasons.includes(`no keys of issuer local: ${issuer?.url}/jwks answered 503, not 200`);
    expect((await until(isToldOf)).status).toBe(503);
    issuer.publish(jwk(rsaKeyPair(), { kid: "k1" }));
    expect((await until(({ status }) => status === 200)).body.reasons).toEqual([]);
  });
});
