// Whatever a request says, STS answers: with XML, and with a status and a code that belong together.
import fc from "fast-check";
import { createSessions } from "../../../../deploy/local/aws/sessions.js";
import { createSts } from "../../../../deploy/local/aws/sts/create-sts.js";
import { now, policyJson, roleArn, templateOf } from "../iam/sample-caller.js";
import { analystRole, gatewayRole } from "./local-sts.js";
import { federatedRole, federatedTrust, oidcProvider } from "./web-identity-tokens.js";

const statusOf: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  InvalidAction: 400,
  InvalidIdentityToken: 400,
  MalformedPolicyDocument: 400,
  MalformedQueryString: 400,
  PackedPolicyTooLarge: 400,
  ValidationError: 400,
};

const clock = (): number => now;
const sessions = createSessions({ clock, limit: 100 });
const gateway = gatewayRole();
const caller = sessions.mint(gateway, {
  sessionName: "task",
  durationSeconds: 3600,
  tags: { ["__proto__"]: "x", tenant: "acme" },
  transitiveTagKeys: ["__proto__"],
});
const provider = oidcProvider();
const sts = createSts({
  template: {
    ...templateOf(gateway, analystRole(), federatedRole(federatedTrust(provider))),
    oidcProviders: [provider],
  },
  sessions,
  clock,
  verify: () => Promise.resolve({ ok: true, value: caller }),
  log: () => undefined,
});

const legal = {
  Version: "2011-06-15",
  RoleArn: roleArn("analyst"),
  RoleSessionName: "alice",
};
const actions = fc.constantFrom(
  "AssumeRole",
  "AssumeRoleWithWebIdentity",
  "GetCallerIdentity",
  "GetSessionToken",
);
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.stringMatching(/^[\w+=,.@-]{2,64}$/),
  fc.constantFrom("", "__proto__", "constructor", "900", "3600", roleArn("federated")),
  fc.constantFrom(
    "eyJhbGciOiJub25lIn0.e30.",
    "a.b.c",
    JSON.stringify(policyJson({ Action: "*", Resource: "*" })),
  ),
);
const names = fc.oneof(
  fc.constantFrom(
    ...["RoleArn", "RoleSessionName", "DurationSeconds", "Policy", "PolicyArns.member.1.arn", "ExternalId"],
    ...[
      "SourceIdentity",
      "SerialNumber",
      "TokenCode",
      "MinimumSessionTokenSize",
      "TransitiveTagKeys.member.1",
    ],
    ...["WebIdentityToken", "ProviderId", "Version", "Action"],
  ),
  fc.string({ minLength: 1 }),
);
const tags = fc.array(fc.tuple(fc.stringMatching(/^[\w ]{1,20}$/), fc.stringMatching(/^[\w ]{0,20}$/)), {
  maxLength: 3,
});
const form = fc
  .record({ action: actions, tags, changes: fc.dictionary(names, text, { maxKeys: 3 }) })
  .map((given) => {
    const tagged = given.tags.flatMap(([key, value], at) => [
      [`Tags.member.${at + 1}.Key`, key] as const,
      [`Tags.member.${at + 1}.Value`, value] as const,
    ]);
    const all = { Action: given.action, ...legal, ...Object.fromEntries(tagged), ...given.changes };
    return Object.entries(all)
      .map((pair) => pair.map(encodeURIComponent).join("="))
      .join("&");
  });

test("every answer is a result, or a refusal with a code of the table and its status", async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(form, async (body) => {
      const rawHeaders = ["content-type", "application/x-www-form-urlencoded"];
      const answer = await sts.handle({ method: "POST", target: "/", rawHeaders, body: Buffer.from(body) });
      const code = /<Code>(\w+)<\/Code>/.exec(answer?.body ?? "")?.[1];
      if (answer?.status === 200) accepted += 1;
      else expect([code, answer?.status]).toEqual([code, statusOf[code ?? ""] ?? NaN]);
    }),
    { numRuns: 300 },
  );
  expect(accepted).toBeGreaterThan(20);
}, 30_000);
