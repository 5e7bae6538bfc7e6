import { createCallerLogs, createLog } from "../../server/adapters/log.js";
import type { Findings } from "../../server/core/inbound.js";
import { statementWith } from "../fixtures/expression.js";
import { principalWith } from "../fixtures/principal.js";
import { roleRuleWith } from "../fixtures/role-rule.js";
import { routeWith } from "../fixtures/route.js";
import { credentials, roleSessionWith, sessionSpecWith } from "../fixtures/session.js";

const findings: Findings = {
  route: routeWith("ANY /reports", { name: "reports", roles: [roleRuleWith({ policy: [statementWith()] })] }),
  door: "proxy",
  principal: principalWith({ email: "private@example.com", nonce: "a-claim-of-the-token" }),
  spec: sessionSpecWith({ externalId: "shared-with-the-account", tags: [{ key: "tenant", value: "acme" }] }),
  session: roleSessionWith(),
};

function lineOf(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog({ write: (line) => void lines.push(line) }));
  expect(lines).toHaveLength(1);
  return lines[0] ?? "";
}

const without = (fields: object, ...names: string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const callerLine = (found: Findings): Record<string, unknown> => {
  const line = lineOf((log) => createCallerLogs(log)(found).info("request"));
  return without(JSON.parse(line) as object, "level", "time", "message");
};

describe("the log of a caller's calls", () => {
  const whole = {
    issuer: "main",
    subject: "alice",
    rule: "analyst",
    roleArn: "arn:aws:iam::123456789012:role/reports-invoker",
    roleSessionName: "main.alice",
    sourceIdentity: "main.alice",
    assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/reports-invoker/main.alice",
    assumeRoleRequestId: "01234567-89ab-cdef-0123-456789abcdef",
  };

  test("says who called, as whom, and how to find it in CloudTrail", () => {
    expect(callerLine(findings)).toEqual(whole);
  });

  test("says no more than what came to light", () => {
    expect(callerLine({})).toEqual({});
    const { principal, spec } = findings;
    expect(callerLine({ ...(principal && { principal }) })).toEqual({ issuer: "main", subject: "alice" });
    const refused = without(whole, "assumedRoleArn", "assumeRoleRequestId");
    expect(callerLine({ ...(principal && { principal }), ...(spec && { spec }) })).toEqual(refused);
  });

  test("is one for all calls of a session, and another for the next", () => {
    const callerLog = createCallerLogs(createLog({ write: () => undefined }));
    expect(callerLog({ ...findings })).toBe(callerLog({ ...findings }));
    expect(callerLog({ ...findings, session: roleSessionWith() })).not.toBe(callerLog(findings));
  });

  test("holds no credential, no claim beside the subject, no policy and no secret of the configuration", () => {
    const line = JSON.stringify(callerLine(findings));
    const secrets = [
      ...[credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken],
      ...["private@example.com", "a-claim-of-the-token", "shared-with-the-account", "Statement", "acme"],
    ];
    for (const secret of secrets) expect(line).not.toContain(secret);
  });
});

describe("the log", () => {
  test("writes one line of JSON for each entry, whatever stands in it", () => {
    const line = lineOf((log) => log.info({ subject: 'a"\n{"level":60}' }, "request"));
    expect(line.trimEnd()).not.toContain("\n");
    expect(JSON.parse(line)).toMatchObject({ level: 30, message: "request", subject: 'a"\n{"level":60}' });
  });

  test("writes the time as ISO 8601, and neither process id nor host", () => {
    const entry = JSON.parse(lineOf((log) => log.info("hello"))) as Record<string, unknown>;
    expect(Object.keys(entry)).toEqual(["level", "time", "message"]);
    expect(entry.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test.each<[string, (secret: string) => Error]>([
    ["quotes it", (secret) => new TypeError(`cannot read ${secret}`)],
    [
      "quotes it in its stack",
      (secret) => Object.assign(new Error("x"), { stack: `Error: x\n at ${secret}` }),
    ],
    ["was caused by one that does", (secret) => new Error("x", { cause: new Error(`not ${secret}`) })],
    ["carries it", (secret) => Object.assign(new Error("x"), { input: secret, headers: [secret] })],
  ])("writes no token of an exception that %s", (_how, errorWith) => {
    const jwt = `${Buffer.from('{"alg":"RS256"}').toString("base64url")}.e30.c2ln`;
    const opaque = "0123456789abcdef";
    for (const secret of [jwt, "IQoJb3JpZ2luX2VjEBYaCWV1LXdlc3Qt/+==", opaque]) {
      const err = errorWith(secret === opaque ? `Bearer ${opaque}` : secret);
      expect(lineOf((log) => log.error({ err }, "request failed"))).not.toContain(secret.slice(0, 16));
    }
  });

  test.each([["a word"], [undefined], [null], [7], [{ some: "object" }]])(
    "writes what was thrown and is no error: %j",
    (err) => {
      const line = JSON.parse(lineOf((log) => log.error({ err }, "request failed"))) as Record<
        string,
        unknown
      >;
      expect(line).toMatchObject({ level: 50, message: "request failed" });
    },
  );

  test("writes an exception with its stack", () => {
    const line = lineOf((log) => log.error({ err: new TypeError("a bug") }, "request failed"));
    expect(JSON.parse(line)).toMatchObject({ err: { type: "TypeError", message: "a bug" } });
    expect(line).toContain("log.test.ts");
  });
});
