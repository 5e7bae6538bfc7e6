// Two callers ask the /sts door in the very same words, at once: neither reaches the other's session, and each signature
// is answered with its own holder. Tokens are taken for granted here.
import fc from "fast-check";
import { SignatureV4 } from "@smithy/signature-v4";
import { NodeSha256 } from "../../deploy/local/aws/sigv4/node-sha256.js";
import { createBoundedMap } from "../../server/adapters/bounded-map.js";
import { createAuthorize } from "../../server/authorize.js";
import { createCallerIdentity } from "../../server/caller-identity.js";
import type { Reply } from "../../server/core/inbound.js";
import type { Credentials, RoleSession, SessionSpec } from "../../server/core/model.js";
import { parseRequestTarget } from "../../server/core/request-target.js";
import { accept, type Result } from "../../server/core/result.js";
import { createObtainSession } from "../../server/obtain-session.js";
import { createSts } from "../../server/sts.js";
import { accepted } from "../fixtures/outcome.js";
import { cel } from "../fixtures/expression.js";
import { now, principalWith } from "../fixtures/principal.js";
import { roleRuleWith } from "../fixtures/role-rule.js";
import { functionArn, routeWith } from "../fixtures/route.js";
import { roleSessionWith } from "../fixtures/session.js";
import { bodyOf, inboundWith } from "../fixtures/upstream.js";

/** Nothing that is sent to STS tells the two apart. */
const rule = roleRuleWith({ sessionName: cel('"shared"'), sourceIdentity: null, durationSeconds: 900 });
const roleArn = typeof rule.roleArn === "string" ? rule.roleArn : "";

/** Any order, but the same in each run. */
const coins = fc.sample(fc.boolean(), { numRuns: 20_000, seed: 7 });
const toss = (): boolean => coins.pop() ?? false;

const credentialsOf = (subject: string, turn: number): Credentials => ({
  accessKeyId: `ASIA${subject}${String(turn).padStart(12, "0")}`,
  secretAccessKey: `secret-${subject}-${turn}`,
  sessionToken: `token-${subject}-${turn}`,
});

function setUp() {
  const state = { now, assumed: 0 };
  const clock = () => state.now;
  const handedOut = createBoundedMap<RoleSession>();
  /** STS answers later, sooner or later, with a key that says whose it is. */
  const assume = ({ caller: { subject } }: SessionSpec): Promise<Result<RoleSession>> => {
    const credentials = credentialsOf(subject, (state.assumed += 1));
    const assumedRoleArn = `arn:aws:sts::123456789012:assumed-role/analyst/${subject}`;
    const session = accept(roleSessionWith({ credentials, assumedRoleArn, expiration: state.now + 900_000 }));
    return new Promise((resolve) =>
      toss() ? setImmediate(resolve, session) : queueMicrotask(() => resolve(session)),
    );
  };
  const sts = createSts({
    routes: [routeWith("ANY /reports/{id}", { name: "reports", roles: [rule] })],
    authenticateToken: ({ token }) =>
      Promise.resolve(accept(principalWith({ sub: token }, { subject: token }))),
    authorize: createAuthorize(),
    obtainSession: createObtainSession({
      roleSessions: { assume },
      // Room for one session only: the two push each other out all the time.
      sessions: createBoundedMap(1),
      refusals: createBoundedMap(),
      budgets: { get: () => undefined, set: () => undefined },
      clock,
      pause: () => new Promise(() => undefined),
      random: () => 0.5,
    }),
    callerIdentity: createCallerIdentity({ granted: handedOut, clock }),
    handedOut,
    clock,
    tokenBytes: 1024,
    bufferedBytes: 2 ** 28,
  });
  const target = accepted(parseRequestTarget("/sts/"));
  const send = (form: Record<string, string>, headers: readonly string[] = []): Promise<Result<Reply>> => {
    const body = new URLSearchParams({ Version: "2011-06-15", ...form }).toString();
    const all = ["content-type", "application/x-www-form-urlencoded", ...headers];
    return sts({
      inbound: inboundWith({ rawTarget: "/sts/", headers: all, body: bodyOf(Buffer.from(body)) }),
      target,
      findings: {},
    });
  };
  return { state, send };
}

const xmlOf = (outcome: Result<Reply>): string => {
  const reply = accepted(outcome);
  return reply.kind === "own" ? reply.body : "";
};
const valueOf = (xml: string, name: string): string =>
  new RegExp(`<${name}>(.*?)</${name}>`).exec(xml)?.[1] ?? "";

/** The same for both. */
const asked = {
  Action: "AssumeRoleWithWebIdentity",
  RoleArn: roleArn,
  RoleSessionName: "shared",
  Policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "lambda:InvokeFunctionUrl", Resource: functionArn },
  }),
};

// As long as the other's: an access key id has a length of its own.
const callers = ["alice", "bobby"] as const;

test("of 1,000 interleaved forms of two callers, alike but for the token, none is answered with the other's key", async () => {
  const { state, send } = setUp();
  const keys = new Set<string>();
  for (let round = 0; round < 10; round++) {
    const subjects = Array.from({ length: 100 }, () => callers[toss() ? 0 : 1]);
    const answers = await Promise.all(
      subjects.map((subject) => send({ ...asked, WebIdentityToken: subject })),
    );
    for (const [index, answer] of answers.map(xmlOf).entries()) {
      const key = valueOf(answer, "AccessKeyId");
      expect([key.slice(4, 9), valueOf(answer, "SubjectFromWebIdentityToken")]).toEqual([
        subjects[index],
        subjects[index],
      ]);
      keys.add(key);
    }
    state.now += 60_000;
  }
  // They were renewed and pushed out, and still: many answers to few calls of STS.
  expect(keys.size).toBeGreaterThan(5);
  expect(state.assumed).toBeLessThan(500);
});

test("each key is its holder's, and no token fits the other's key", async () => {
  const { state, send } = setUp();
  const held = await Promise.all(
    callers.map(async (subject) => {
      const xml = xmlOf(await send({ ...asked, WebIdentityToken: subject }));
      return {
        accessKeyId: valueOf(xml, "AccessKeyId"),
        secretAccessKey: valueOf(xml, "SecretAccessKey"),
        sessionToken: valueOf(xml, "SessionToken"),
      };
    }),
  );
  const [alice, bobby] = held;
  if (!alice || !bobby) throw new Error("two callers");
  const identify = async (credentials: Credentials): Promise<Result<Reply>> => {
    const signer = new SignatureV4({ credentials, region: "eu-west-1", service: "sts", sha256: NodeSha256 });
    const body = "Version=2011-06-15&Action=GetCallerIdentity";
    const headers = { host: "api.example.com" };
    const { headers: signed } = await signer.sign(
      {
        method: "POST",
        protocol: "https:",
        hostname: "api.example.com",
        path: "/sts/",
        query: {},
        headers,
        body,
      },
      { signingDate: new Date(state.now) },
    );
    return send({ Action: "GetCallerIdentity" }, Object.entries(signed).flat());
  };
  for (const [index, own] of held.entries())
    expect(valueOf(xmlOf(await identify(own)), "Arn")).toMatch(new RegExp(`/${String(callers[index])}$`));
  for (const mixed of [
    { ...alice, sessionToken: bobby.sessionToken },
    { ...alice, accessKeyId: bobby.accessKeyId },
    { ...bobby, secretAccessKey: alice.secretAccessKey },
  ])
    expect(await identify(mixed)).toMatchObject({ ok: false, denial: { reason: "sts_signature_refused" } });
});
