import { createHash } from "node:crypto";
import { createAudit } from "../../server/adapters/audit.js";
import { createLog } from "../../server/adapters/log.js";
import type { Findings } from "../../server/core/inbound.js";
import type { IssuedSession } from "../../server/ports.js";
import { now, principalWith } from "../fixtures/principal.js";
import { routeWith } from "../fixtures/route.js";
import { credentials, roleSessionWith, sessionSpecWith } from "../fixtures/session.js";

const findings: Findings = {
  requestId: "01890000-0000-7000-8000-000000000000",
  route: routeWith("ANY /reports", { name: "reports" }),
  door: "proxy",
  principal: principalWith({ email: "private@example.com" }),
};

function auditLine(issued: Partial<IssuedSession> = {}): Record<string, unknown> {
  const lines: string[] = [];
  const audit = createAudit({ log: createLog({ write: (line) => void lines.push(line) }), clock: () => now });
  audit({ spec: sessionSpecWith(), session: roleSessionWith(), findings, ...issued });
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? "") as Record<string, unknown>;
}

describe("the audit line", () => {
  test("says who got which session, by which rule and for what, and how to find it in CloudTrail", () => {
    const spec = sessionSpecWith({
      tags: [{ key: "tenant", value: "acme" }],
      transitiveTagKeys: ["tenant"],
      policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    });
    const session = roleSessionWith({ assumedRoleId: "AROAEXAMPLE:main.alice", packedPolicySize: 12 });
    const { time, ...line } = auditLine({ spec, session });
    expect(time).toEqual(expect.any(String));
    expect(line).toEqual({
      level: 30,
      message: "session issued",
      requestId: findings.requestId,
      issuer: "main",
      subject: "alice",
      door: "proxy",
      routes: ["reports"],
      rule: "analyst",
      roleArn: spec.roleArn,
      roleSessionName: "main.alice",
      sourceIdentity: "main.alice",
      tags: { tenant: "acme" },
      transitiveTagKeys: ["tenant"],
      policySha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      durationSeconds: 3600,
      expiration: new Date(now + 3_600_000).toISOString(),
      assumedRoleArn: session.assumedRoleArn,
      assumedRoleId: "AROAEXAMPLE:main.alice",
      accessKeyId: credentials.accessKeyId,
      assumeRoleRequestId: session.requestId,
      packedPolicySize: 12,
    });
  });

  test("has the digest of the policy as any tool makes it, another for another policy", () => {
    const policy = '{"Version":"2012-10-17","Statement":[]}';
    expect(auditLine().policySha256).toBe(createHash("sha256").update(policy).digest("hex"));
    expect(auditLine({ spec: sessionSpecWith({ policy: `${policy} ` }) }).policySha256).not.toBe(
      auditLine().policySha256,
    );
  });

  test("names all routes of a session that is for several", () => {
    const { routes } = auditLine({ findings: { ...findings, door: "sts", routes: ["reports", "exports"] } });
    expect(routes).toEqual(["reports", "exports"]);
  });

  test("knows the caller where nothing else is known of the call", () => {
    expect(auditLine({ findings: undefined })).toMatchObject({
      issuer: "https://login.example.com/",
      subject: "alice",
    });
  });

  test("holds no secret, no token, no policy, no external id and no claim beside what AWS gets", () => {
    const spec = sessionSpecWith({ externalId: "shared-with-the-account" });
    const text = JSON.stringify(auditLine({ spec }));
    const secrets = [
      credentials.secretAccessKey,
      credentials.sessionToken,
      "private@example.com",
      "Statement",
    ];
    for (const secret of [...secrets, "shared-with-the-account"]) expect(text).not.toContain(secret);
  });
});
