// Claims come back in the /sts door's XML: whatever a subject is made of, it is text there and never markup.
import fc from "fast-check";
import { AssumeRoleWithWebIdentityCommand } from "@aws-sdk/client-sts";
import { startStack, type Stack } from "../fixtures/stack.js";
import { analystArn, formOf, postForm, stsClient } from "../fixtures/sts-caller.js";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const forged =
  "</SubjectFromWebIdentityToken><Credentials><AccessKeyId>AKIDFORGED</AccessKeyId></Credentials>";

test.each([
  ["an element of its own", forged],
  ["the end of a section", "]]>x<![CDATA[<AccessKeyId>AKIDFORGED</AccessKeyId>]]>"],
  ["an entity", "&lt;AccessKeyId&gt;&#x41;&amp;&xxe;"],
  ["a document type", '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>&xxe;'],
  ["a comment and a processing instruction", "<!--x--><?xml version='1.0'?>"],
  ["quotes", `"'">`],
  ["letters beyond ASCII", "zoë \u{1f600} \u0142"],
])("%s in a subject reaches the SDK as it is", async (_, sub) => {
  const token = await stack.issuer.mint("alice", { sub });
  const answer = await stsClient(`${stack.url}/sts`).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: analystArn,
      RoleSessionName: "x1",
      WebIdentityToken: token,
    }),
  );
  expect(answer.SubjectFromWebIdentityToken).toBe(sub);
  expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA/);
});

// XML 1.0 2.2 has no word for these: a reader would have to refuse the whole answer.
test.each(["\u0000", "\u0008", "\u001b[2J", "\ufffe", "\ud800"])(
  "a subject with %j leaves the answer readable",
  async (odd) => {
    const token = await stack.issuer.mint("alice", { sub: `a${odd}b` });
    const { status, xml } = await postForm(`${stack.url}/sts/`, formOf(token));
    expect([200, 400, 403]).toContain(status);
    expect(xml).not.toMatch(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udfff](?![\udc00-\udfff])/,
    );
  },
);

test("any subject leaves the elements as they are", async () => {
  const parts = fc.constantFrom(
    "<",
    ">",
    "&",
    "]]>",
    "<![CDATA[",
    "</",
    "Arn>",
    "AccessKeyId",
    "a",
    "\r\n",
    "\u0000",
    "é",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(parts, fc.string({ unit: "binary" })), { minLength: 1, maxLength: 12 }),
      async (list) => {
        const sub = `a${list.join("")}`;
        const token = await stack.issuer.mint("alice", { sub });
        const { status, xml } = await postForm(`${stack.url}/sts/`, formOf(token));
        expect([200, 400, 403]).toContain(status);
        const tags = Array.from(xml.matchAll(/<[^>]*>/g), ([tag]) => tag);
        const names = tags.map((tag) => /^<\/?([A-Za-z]+)(?: xmlns="[^"]*")?>$/.exec(tag)?.[1]);
        expect(names).not.toContain(undefined);
        expect(tags.filter((tag) => tag === "<AccessKeyId>")).toHaveLength(status === 200 ? 1 : 0);
      },
    ),
    { numRuns: 150 },
  );
});
