// What an operator does to stop sessions that are out there: a Deny on the invoke role, of one caller or of all sessions
// that began before a time. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
import { startMovedTime, type MovedTime } from "../fixtures/moved-time.js";
import { startStack, withoutProbes, type Stack } from "../fixtures/stack.js";

const minute = 60_000;

let time: MovedTime;
let stack: Stack;
beforeEach(() => (time = startMovedTime()));
afterEach(async () => {
  await stack.close();
  time.restore();
});

/** The twin with one more policy on the role that the gateway assumes for its callers. */
async function start(condition: string): Promise<void> {
  const anchor = "  AnalystRole:\n    Type: AWS::IAM::Role\n    Properties:\n(?: {6}.*\n)*?      Policies:\n";
  const policy = [
    "        - PolicyName: stop",
    "          PolicyDocument:",
    '            Version: "2012-10-17"',
    `            Statement: [{ Effect: Deny, Action: "*", Resource: "*", Condition: ${condition} }]`,
    "",
  ].join("\n");
  stack = await startStack({
    adjust: withoutProbes,
    template: (text) => text.replace(new RegExp(anchor), (lines) => lines + policy),
  });
}

async function tokenOf(user: string): Promise<string> {
  // It outlives any session, so that the session is not bound to it.
  return `Bearer ${await stack.issuer.mint(user, { exp: Date.now() / 1000 + 86_400 })}`;
}

const call = async (authorization: string): Promise<number> =>
  (await fetch(`${stack.url}/hello`, { headers: { authorization } })).status;

test("who had a session before the time calls again after one refusal", async () => {
  const before = new Date(Date.now() + 5 * minute).toISOString();
  await start(`{ DateLessThan: { "aws:TokenIssueTime": "${before}" } }`);
  const alice = await tokenOf("alice");
  expect(await call(alice)).toBe(502);
  // The statement is there from the start: until its time has come, new sessions are refused as well.
  expect(await call(alice)).toBe(502);
  time.move(6 * minute);
  expect(await call(alice)).toBe(502);
  expect(await call(alice)).toBe(200);
});

test("one caller can be stopped by the source identity that the log gives, and no other is", async () => {
  await start('{ StringEquals: { "aws:SourceIdentity": "local.alice" } }');
  expect(await call(await tokenOf("alice"))).toBe(502);
  expect(await call(await tokenOf("carol"))).toBe(200);
  const issued = stack.sessionLines().map(({ sourceIdentity }) => sourceIdentity);
  expect(issued).toEqual(["local.alice", "local.carol"]);
});
