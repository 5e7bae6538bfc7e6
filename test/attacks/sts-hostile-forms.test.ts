// Forms that nobody's SDK sends, by the thousand and by the byte: each gets XML with a client's error, at once, and holds
// nothing up. Nobody has to be known to send one.
import fc from "fast-check";
import { cpuSeconds } from "../fixtures/cpu-seconds.js";
import { openSocket, rawRequest, readToEnd, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { analystArn, formOf, postForm } from "../fixtures/sts-caller.js";

let stack: Stack;
let sts: string;
let token: string;
beforeAll(async () => {
  stack = await startStack();
  sts = `${stack.url}/sts/`;
  token = await stack.issuer.mint("alice");
  // The first session is STS's to give; the rest is our own time.
  expect((await postForm(sts, formOf(token))).status).toBe(200);
});
afterAll(() => stack.close());

const formType = "Content-Type: application/x-www-form-urlencoded";
const head = (...lines: string[]): string =>
  requestText("POST /sts/ HTTP/1.1", "Host: a", formType, ...lines);

describe("garbage", () => {
  const names = fc.constantFrom(
    ...["Action", "Version", "RoleArn", "RoleSessionName", "WebIdentityToken", "Policy", "DurationSeconds"],
    ...[
      "PolicyArns.member.1.arn",
      "ProviderId",
      "action",
      "__proto__",
      "constructor",
      "toString",
      "",
      "Action%00",
    ],
  );
  const values = fc.oneof(
    fc.constantFrom(
      "AssumeRoleWithWebIdentity",
      "GetCallerIdentity",
      "2011-06-15",
      analystArn,
      "laptop",
      "900",
    ),
    fc.constantFrom(
      "%",
      "%00",
      "%ff",
      "%EF%BB%BF",
      "{}",
      "[]",
      "-1",
      "1e3",
      "a.b.c",
      "e30.e30.e30",
      "\r\n\r\n",
    ),
    fc.string({ unit: "binary" }),
    fc.string().map(encodeURIComponent),
    fc.json().map(encodeURIComponent),
  );
  const pair = fc.tuple(names, fc.constantFrom("=", "", "=="), values).map((parts) => parts.join(""));
  const forms = fc.oneof(
    fc
      .tuple(fc.array(pair, { maxLength: 10 }), fc.constantFrom("&", ";", "&&"))
      .map(([all, by]) => all.join(by)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  );

  test("of any form is refused as the client's, in XML", async () => {
    await fc.assert(
      fc.asyncProperty(forms, async (form) => {
        const { status, xml } = await postForm(sts, form);
        expect([400, 403]).toContain(status);
        expect(xml).toContain("<Type>Sender</Type>");
      }),
      { numRuns: 500 },
    );
  });

  const good = (): [string, string][] => [...formOf(token)];
  test("in one place of a good form is refused, or changes nothing", async () => {
    const places = fc.record({ at: fc.nat({ max: 4 }), value: values, isName: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(places, async ({ at, value, isName }) => {
        const pairs = good().map(([name, text]) => `${name}=${encodeURIComponent(text)}`);
        const name = good()[at]?.[0] ?? "";
        pairs[at] = isName ? `${value}=x` : `${name}=${value}`;
        const { status, xml } = await postForm(sts, pairs.join("&"));
        expect([200, 400, 403]).toContain(status);
        // The session's name in the form counts for nothing; all the rest does.
        if (status === 200)
          expect([name, xml.includes("<SubjectFromWebIdentityToken>alice<")]).toEqual([
            value === "AssumeRoleWithWebIdentity" || value === "2011-06-15" || value === analystArn
              ? name
              : "RoleSessionName",
            true,
          ]);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    "assumeRoleWithWebIdentity",
    "ASSUMEROLEWITHWEBIDENTITY",
    " AssumeRoleWithWebIdentity",
    "GetCallerIdentity\u0000",
  ])("the action %j is none", async (Action) => {
    expect(await postForm(sts, formOf(token, { Action }))).toMatchObject({
      status: 400,
      code: "InvalidAction",
    });
  });
});

describe("floods", () => {
  test.each([
    ["100,000 parameters", 100_000, (at: number) => `p${at}=`, 413],
    ["as many as a form has room for", 8_000, (at: number) => `p${at}`, 400],
    ["one name over and over", 20_000, () => "a", 400],
    ["separators alone", 49_000, () => "", 400],
  ])("%s cost next to nothing", async (_, count, parameter, status) => {
    const form = Array.from({ length: count }, (__, at) => parameter(at)).join("&");
    const answers: unknown[] = [];
    // The gateway runs in this process, too.
    const seconds = await cpuSeconds(async () => {
      for (let round = 0; round < 10; round++) answers.push((await postForm(sts, form)).status);
    });
    expect(answers).toEqual(Array.from({ length: 10 }, () => status));
    // The client's own work included.
    expect(seconds / 10).toBeLessThan(0.25);
  });

  test.each([
    ["nested deep", "[".repeat(2000)],
    ["of brackets in quotes", `{"${"[{".repeat(900)}":1}`],
    ["of stars", policyOn(`arn:aws:lambda:eu-west-1:123456789012:${"*a".repeat(900)}`)],
    ["of many actions on many resources", manyTimesMany()],
  ])("a policy %s is refused in no time", async (_, Policy) => {
    const seconds = await cpuSeconds(async () => {
      const { status } = await postForm(sts, formOf(token, { Policy }));
      expect([400, 403]).toContain(status);
    });
    expect(seconds).toBeLessThan(1);
  });
});

function policyOn(Resource: string): string {
  const Statement = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource };
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function manyTimesMany(): string {
  const Action = Array.from({ length: 40 }, () => "lambda:InvokeFunction");
  const Resource = Array.from({ length: 150 }, () => "*");
  const Statement = { Effect: "Allow", Action, Resource };
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

describe("a body that does not come", () => {
  test("cut short, it is refused and nothing is looked at", async () => {
    const lines = stack.awsLines.length;
    const socket = await openSocket(stack.url);
    socket.write(`${head("Content-Length: 2000")}${formOf(token).toString().slice(0, 500)}`);
    socket.end();
    const { status } = await readToEnd(socket);
    expect(status).toBe(400);
    expect(stack.awsLines).toHaveLength(lines);
  });

  test("a hundred that dribble hold up nobody else", async () => {
    const sockets = await Promise.all(Array.from({ length: 100 }, () => openSocket(stack.url)));
    for (const socket of sockets) {
      socket.on("error", () => undefined);
      socket.write(`${head("Content-Length: 49000")}Action=`);
    }
    expect((await postForm(sts, formOf(token))).status).toBe(200);
    expect((await stack.fetchAs("alice", "/echo/x", { method: "POST", body: "ok" })).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  test("as many as there is room for keep no known caller from the other doors", async () => {
    const small = await startStack({
      adjust: (settings) => ({ ...settings, limits: { ...settings.limits, bufferedBytes: 12_582_912 } }),
    });
    // More than all the room together, had each its place.
    const sockets = await Promise.all(Array.from({ length: 300 }, () => openSocket(small.url)));
    for (const socket of sockets) {
      socket.on("error", () => undefined);
      socket.write(head("Content-Length: 49000"));
    }
    const body = "x".repeat(100_000);
    const { status } = await small.fetchAs("alice", "/echo/x", { method: "POST", body });
    for (const socket of sockets) socket.destroy();
    await small.close();
    expect(status).toBe(200);
  });

  test.each([
    ["two lengths", ["Content-Length: 3", "Content-Length: 4"]],
    ["a length and chunks", ["Content-Length: 3", "Transfer-Encoding: chunked"]],
    ["chunks of a size that is none", ["Transfer-Encoding: chunked", "", "xyz"]],
  ])("framed by %s it is refused", async (_, lines) => {
    const { status } = await rawRequest(stack.url, head(...lines));
    expect(status).toBe(400);
  });
});
