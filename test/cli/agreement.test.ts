// What `explain` says is what the gateway does: the same tokens and calls through both, on the local configuration.
import { setImmediate } from "node:timers/promises";
import { gatewayEnvironment } from "../../deploy/local/gateway-environment.js";
import type { Explanation } from "../../server/cli/explanation.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { laptopFiles } from "./configurations.js";
import { grantway } from "./run-grantway.js";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const past = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;

const callers: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ["alice", "alice", {}],
  ["carol, of another tenant", "carol", {}],
  ["bob, who is in no group", "bob", {}],
  ["a subject with letters that STS does not know", "alice", { sub: "auth0|山田+x" }],
  ["a very long subject", "alice", { sub: "x".repeat(300) }],
  ["groups that are no list", "alice", { groups: "analysts" }],
  ["no groups", "alice", { groups: undefined }],
  ["a tenant that is no text", "alice", { tenant: 7 }],
  ["a tenant too long for a tag", "alice", { tenant: "x".repeat(257) }],
  ["no subject", "alice", { sub: undefined }],
  ["a token that has expired", "alice", { exp: past(120) }],
  ["a token without an end", "alice", { exp: undefined }],
  ["a token that ends soon", "alice", { exp: past(-120) }],
  ["a token for another API", "alice", { aud: "https://other.example.com" }],
  ["a token of another issuer", "alice", { iss: "https://other.example.com" }],
];

const calls = [
  "GET /hello",
  "POST /echo/a/b?x=1",
  "POST /grant/hello",
  "GET /nothing",
  "DELETE /grant/hello",
];

test.each(callers)("%s: explain and the gateway agree on every call", async (_, user, claims) => {
  const token = await stack.issuer.mint(user, claims);
  for (const call of calls) {
    const [explained, done] = [await explain(call, ["--token", token]), await perform(call, token)];
    expect({ call, ...explained }).toEqual({ call, ...done });
  }
});

test.each(callers.filter(([, , claims]) => !("exp" in claims && claims.exp === undefined)))(
  "%s: bare claims come to the same as the token that carries them",
  async (_, user, claims) => {
    const token = await stack.issuer.mint(user, claims);
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    for (const call of calls) {
      expect(await explain(call, ["--claims", "c.json"], payload)).toEqual(
        await explain(call, ["--token", token]),
      );
    }
  },
);

test.each(callers)("%s: explain and the /sts door agree", async (_, user, claims) => {
  const token = await stack.issuer.mint(user, claims);
  const { reason, role, sessionName } = await explain("POST /sts/hello", ["--token", token]);
  const response = await fetch(`${stack.url}/sts/hello`, {
    method: "POST",
    body: new URLSearchParams({
      ...{ Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15", RoleSessionName: "me" },
      ...{ RoleArn: "arn:aws:iam::123456789012:role/grantway-analyst", WebIdentityToken: token },
    }),
  });
  const text = await response.text();
  const arn = /<Arn>[^<]*:assumed-role\/([^/]*)\/([^<]*)<\/Arn>/.exec(text);
  const line = await logLineOf(response.headers.get("x-request-id"));
  expect([line.reason, arn?.[1], arn?.[2]]).toEqual([reason, role, sessionName]);
});

interface Outcome {
  readonly reason: string | undefined;
  readonly status?: number;
  readonly role?: string | undefined;
  readonly rule?: string | undefined;
  readonly sessionName?: string | undefined;
}

async function explain(call: string, evidence: readonly string[], claims = "{}"): Promise<Outcome> {
  const argv = ["explain", "--json", "--config", "gateway.yaml", "--route", call, ...evidence];
  const { out } = await grantway(argv, {
    now: Date.now(),
    files: { ...laptopFiles("gateway.yaml"), "c.json": claims },
    env: gatewayEnvironment(stack.issuer, stack.aws),
  });
  const { answer } = JSON.parse(out) as Explanation;
  if (!answer.granted) return { reason: answer.denial.reason, status: answer.problem.status };
  const { RoleArn = "", RoleSessionName: sessionName } = answer.assumeRole;
  return { reason: undefined, status: 200, role: RoleArn.split("/").at(-1), rule: answer.rule, sessionName };
}

/** What the gateway's log says it did. */
async function perform(call: string, token: string): Promise<Outcome> {
  const [method = "", path = ""] = call.split(" ");
  const response = await fetch(`${stack.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  await response.arrayBuffer();
  const line = await logLineOf(response.headers.get("x-request-id"));
  const { reason, rule, assumedRoleArn } = line;
  if (reason !== undefined) return { reason, status: response.status };
  // What AWS says the session is: arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION.
  const [, role, sessionName] = assumedRoleArn?.split("/") ?? [];
  return { reason, status: response.status, role, rule, sessionName };
}

interface LogLine {
  readonly requestId?: string;
  readonly reason?: string;
  readonly rule?: string;
  readonly assumedRoleArn?: string;
}

/** The line is written once the answer is out, which its reader may hear of first. */
async function logLineOf(requestId: string | null): Promise<LogLine> {
  for (;;) {
    const line = (stack.logLines() as readonly LogLine[]).find((each) => each.requestId === requestId);
    if (line !== undefined) return line;
    await setImmediate();
  }
}
