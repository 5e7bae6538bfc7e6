// What comes from AWS's side and is not as it should be: too long, without an end, no JSON, no numbers, throttled, denied.
// No question hangs or throws, each says in a bounded line why nothing was seen, and no secret is repeated.
import type { ServerResponse } from "node:http";
import type { Look } from "../../server/doctor/facts.js";
import type { DoctorPorts } from "../../server/doctor/ports.js";
import { jsonError, queryError, withFakeAws, xml, type AnswerOfAws } from "./fake-aws.js";

const role = "arn:aws:iam::123456789012:role/r";
const fn = "arn:aws:lambda:eu-west-1:123456789012:function:f:live";
const balancer = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/g/1";

const questions: readonly (readonly [string, (ports: DoctorPorts) => Promise<Look<unknown>>])[] = [
  ["role", (ports) => ports.role(role)],
  ["rolePolicies", (ports) => ports.rolePolicies("r")],
  ["functionUrl", (ports) => ports.functionUrl(fn)],
  ["functionUrls", (ports) => ports.functionUrls(fn)],
  ["functionTimeout", (ports) => ports.functionTimeout(fn)],
  ["functionPolicy", (ports) => ports.functionPolicy(fn)],
  ["loadBalancer", (ports) => ports.loadBalancer(balancer)],
];

async function unseen(answer: AnswerOfAws, expected: object, requestTimeoutMs?: number): Promise<void> {
  const look = async (ports: DoctorPorts): Promise<void> => {
    const looks = await Promise.all(questions.map(async ([name, ask]) => ({ name, look: await ask(ports) })));
    for (const each of looks) {
      expect(each).toMatchObject({ look: { ok: false, denial: expected } });
      if (each.look.ok) continue;
      expect(each.look.denial.sentence.length).toBeLessThan(700);
      expect(each.look.denial.sentence).not.toContain("\n");
    }
  };
  await withFakeAws(answer, look, requestTimeoutMs);
}

const refusing =
  (status: number, code: string, message: string): AnswerOfAws =>
  ({ service }, res) =>
    (service === "lambda" ? jsonError : queryError)(res, status, code, message);

test("an answer that never ends is given up", async () => {
  const begin = (_asked: unknown, res: ServerResponse): void => {
    res.writeHead(200, { "content-type": "text/xml" }).write("<");
  };
  const sentence = expect.stringContaining("did not end within 400 ms") as string;
  await unseen(begin, { kind: "failed", sentence }, 400);
});

test("an answer that never begins is given up", async () => {
  await unseen(() => undefined, { kind: "failed" }, 400);
});

test("an answer without bounds is not kept", async () => {
  const pour = (_asked: unknown, res: ServerResponse): void => {
    res.writeHead(200, { "content-type": "text/xml" });
    const more = (): void => {
      while (!res.destroyed && res.write("x".repeat(65_536)));
      if (!res.destroyed) res.once("drain", more);
    };
    more();
  };
  await unseen(pour, {
    kind: "failed",
    sentence: expect.stringContaining("more than 1048576 bytes") as string,
  });
});

test.each([
  ["nothing", ""],
  ["no XML and no JSON", "<<<{{{"],
  ["another thing", '<GetRoleResponse><GetRoleResult><Role/></GetRoleResult></GetRoleResponse>{"a":1}'],
])("%s for an answer is nothing seen", async (_title, body) => {
  await withFakeAws(
    (_asked, res) => xml(res, 200, body),
    async (ports) => {
      for (const [name, ask] of questions) {
        expect({ name, ok: (await ask(ports)).ok }).toEqual({ name, ok: false });
      }
      expect((await ports.whoAmI()).ok).toBe(false);
      expect((await ports.reader()).ok).toBe(false);
    },
  );
});

test("each read that is denied says which permission it needs", async () => {
  await unseen(refusing(403, "AccessDeniedException", "no"), { kind: "denied" });
  await unseen(refusing(403, "AccessDenied", "no"), { kind: "denied" });
});

test("throttling is no refusal, and no sign of health", async () => {
  const throttle = refusing(429, "ThrottlingException", "Rate exceeded");
  await unseen(throttle, { kind: "failed" });
  await withFakeAws(refusing(400, "Throttling", "Rate exceeded"), async (ports) => {
    expect(await ports.whoAmI()).toMatchObject({ denial: { kind: "failed" } });
  });
}, 30_000);

test("what AWS says of a wrong signature holds the session token, and is not repeated", async () => {
  const canonical =
    "The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this " +
    "request should have been\n'POST\n/\n\nx-amz-security-token:IQoJTOPSECRET\n'";
  await withFakeAws(refusing(403, "SignatureDoesNotMatch", canonical), async (ports) => {
    const told = [
      await ports.whoAmI(),
      await ports.reader(),
      await ports.assume({ roleArn: role, durationSeconds: 900, tags: [], transitiveTagKeys: [] }),
      ...(await Promise.all(questions.map(([, ask]) => ask(ports)))),
    ];
    expect(JSON.stringify(told)).toContain("does not match");
    expect(JSON.stringify(told)).not.toContain("TOPSECRET");
  });
});

test("a Region that knows no such credentials is told apart", async () => {
  await unseen(refusing(403, "UnrecognizedClientException", "The security token is invalid."), {
    kind: "region",
  });
});

const roleXml = (document: string, seconds = "3600"): string =>
  `<GetRoleResponse><GetRoleResult><Role><Arn>${role}</Arn><AssumeRolePolicyDocument>${document}</AssumeRolePolicyDocument>` +
  `<MaxSessionDuration>${seconds}</MaxSessionDuration></Role></GetRoleResult></GetRoleResponse>`;

test.each([
  ["no percent-encoding", "%zz"],
  ["no JSON", "%7B"],
  ["no object", "%5B%5D"],
  ["nothing", ""],
])("a trust policy that is %s is not seen", async (_title, document) => {
  await withFakeAws(
    (_asked, res) => xml(res, 200, roleXml(document)),
    async (ports) => {
      expect(await ports.role(role)).toMatchObject({ ok: false, denial: { kind: "failed" } });
    },
  );
});

test("a policy of the oddest members is read for what it has", async () => {
  const odd = {
    Statement: [
      null,
      7,
      "x",
      { Effect: 1, Action: { a: 1 }, Principal: [1], Condition: [null, { k: null }] },
    ],
  };
  await withFakeAws(
    (_asked, res) => xml(res, 200, roleXml(encodeURIComponent(JSON.stringify(odd)))),
    async (ports) => {
      const seen = await ports.role(role);
      expect(seen.ok && seen.value.trust.filter(({ effect }) => effect === "Allow")).toEqual([]);
    },
  );
});

test.each([
  ["ListRolePolicies", "AttachedPolicies"],
  ["ListAttachedRolePolicies", "PolicyNames"],
])("%s without its list is no role without policies", async (missing, list) => {
  await withFakeAws(
    ({ action }, res) => {
      const content = action === missing ? "" : `<${list}/><IsTruncated>false</IsTruncated>`;
      xml(res, 200, `<${action}Response><${action}Result>${content}</${action}Result></${action}Response>`);
    },
    async (ports) => {
      expect(await ports.rolePolicies("r")).toMatchObject({ ok: false, denial: { kind: "failed" } });
    },
  );
});

test("pages that never end are given up", async () => {
  const page =
    "<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames/><IsTruncated>true</IsTruncated><Marker>m</Marker>" +
    "</ListRolePoliciesResult></ListRolePoliciesResponse>";
  let asked = 0;
  await withFakeAws(
    (_asked, res) => {
      asked += 1;
      xml(res, 200, page);
    },
    async (ports) => {
      expect(await ports.rolePolicies("r")).toMatchObject({
        denial: { kind: "failed", sentence: expect.stringContaining("more than 5 pages") as string },
      });
      expect(asked).toBe(5);
    },
  );
});
