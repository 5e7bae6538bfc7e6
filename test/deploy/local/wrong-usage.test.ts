// The twin's commands as a shell meets them, each in its own process: how they are called is the person's fault (64, as for
// grantway itself), all that goes wrong after that is not (1).
import { spawnSync } from "node:child_process";

function run(script: string, args: readonly string[], { input = "", env = {} } = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", `deploy/local/${script}.ts`, ...args],
    { encoding: "utf8", input, env: { ...process.env, ...env } },
  );
  return { status, stdout, stderr };
}

test.each([
  ["main", ["--bogus"], /^local: [^\n]*bogus[^]*--template FILE/],
  ["main", ["--sts-fault", "sleepy"], /^local: --sts-fault takes throttle, deny, slow, drop\n/],
  ["token", [], /^token: name one user: [^\n]+\n$/],
  ["token", ["alice", "--bogus"], /^token: Unknown option '--bogus'[^\n]+\n$/],
  ["export-credentials", ["reply.json"], /^export-credentials: takes no arguments[^\n]+\n$/],
])("%s %j exits with 64, and says what is wrong with the command line", (script, args, sentence) => {
  const { status, stdout, stderr } = run(script, args);
  expect([status, stdout]).toEqual([64, ""]);
  expect(stderr).toMatch(sentence);
});

test("a port that is none is wrong usage too", () => {
  const { status, stderr } = run("main", [], { env: { AWS_PORT: "many" } });
  expect([status, stderr]).toEqual([64, 'local: AWS_PORT must be a port from 0 to 65535, not "many"\n']);
});

test("a start that fails exits with 1", () => {
  const env = { ISSUER_PORT: "0", AWS_PORT: "0" };
  const { status, stderr } = run("main", ["--template", "no-such.yaml"], { env });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^local: .*no-such\.yaml/)]);
});

const granted = { AccessKeyId: "ASIA1", SecretAccessKey: "it's", SessionToken: "t" };

test.each([
  ["the grant door's reply", { ...granted, FuncUrl: "http://127.0.0.1:1/" }],
  ["the task endpoint's reply", { AccessKeyId: "ASIA1", SecretAccessKey: "it's", Token: "t" }],
])("export-credentials makes lines for a shell of %s", (_whose, reply) => {
  const lines = [
    "export AWS_ACCESS_KEY_ID='ASIA1'",
    String.raw`export AWS_SECRET_ACCESS_KEY='it'\''s'`,
    "export AWS_SESSION_TOKEN='t'",
    ...("FuncUrl" in reply ? ["export FUNC_URL='http://127.0.0.1:1/'"] : []),
  ];
  expect(run("export-credentials", [], { input: JSON.stringify(reply) })).toEqual({
    status: 0,
    stdout: `${lines.join("\n")}\n`,
    stderr: "",
  });
});

test.each(["null", "no JSON", '{"Code":"role_not_granted"}'])(
  "export-credentials says that there are none in %j, with status 1",
  (input) => {
    expect(run("export-credentials", [], { input })).toEqual({
      status: 1,
      stdout: "",
      stderr: `export-credentials: no credentials in: ${input}\n`,
    });
  },
);

test("export-credentials takes no credential that is not text", () => {
  const input = JSON.stringify({ ...granted, SecretAccessKey: 7 });
  expect(run("export-credentials", [], { input })).toEqual({
    status: 1,
    stdout: "",
    stderr: `export-credentials: no credentials in: ${input}\n`,
  });
});
