import fc from "fast-check";
import { toApiAnswer } from "../../../../deploy/local/aws/api-gateway/proxy-answer.js";

const json = (value: unknown, wantsBytes = false) => toApiAnswer(JSON.stringify(value), wantsBytes);
const answerOf = (value: unknown, wantsBytes = false) => {
  const answer = json(value, wantsBytes);
  if (!answer.ok) throw new Error(answer.denial);
  const { status, headers, body } = answer.value;
  return { status, headers, body: body.toString() };
};
const typed = ["content-type", "application/json"];

test.each<[value: object, status: number, headers: unknown, body: string]>([
  [{ statusCode: 200 }, 200, [typed], ""],
  [{ statusCode: 201, body: "x" }, 201, [typed], "x"],
  [{ statusCode: 599, headers: { "Content-Type": "text/plain" } }, 599, [["content-type", "text/plain"]], ""],
  [{ statusCode: 200, headers: { A: 1, B: true } }, 200, [["a", "1"], ["b", "true"], typed], ""],
  [
    { statusCode: 200, multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] } },
    200,
    [["set-cookie", "a=1"], ["set-cookie", "b=2"], typed],
    "",
  ],
  [
    { statusCode: 200, headers: { A: "1", B: "9" }, multiValueHeaders: { a: ["1", "2"] } },
    200,
    [["a", "1"], ["a", "2"], ["b", "9"], typed],
    "",
  ],
])("%j becomes an answer", (value, status, headers, body) => {
  expect(answerOf(value)).toEqual({ status, headers, body });
});

test.each([
  "Date",
  "Server",
  "Connection",
  "Content-Length",
  "WWW-Authenticate",
  "Authorization",
  "x-amzn-RequestId",
])("%s comes back under another name", (name) => {
  expect(answerOf({ statusCode: 200, headers: { [name]: "v" } }).headers).toEqual([
    [`x-amzn-remapped-${name.toLowerCase()}`, "v"],
    typed,
  ]);
});

test.each<[title: string, value: unknown, why: RegExp]>([
  ["a text", "hello", /object with a statusCode/],
  ["null", null, /object with a statusCode/],
  ["a list", [], /object with a statusCode/],
  ["nothing", {}, /statusCode/],
  ["a status in quotes", { statusCode: "200" }, /statusCode/],
  ["status 199", { statusCode: 199 }, /statusCode/],
  ["status 600", { statusCode: 600 }, /statusCode/],
  ["an object as body", { statusCode: 200, body: {} }, /body must be a string/],
  ["a null body", { statusCode: 200, body: null }, /body must be a string/],
  ["cookies, which are an HTTP API's", { statusCode: 200, cookies: [] }, /has no cookies/],
  ["a header that is a list", { statusCode: 200, headers: { a: ["1"] } }, /header a/],
  ["a header with a line break", { statusCode: 200, headers: { a: "1\r\nb: 2" } }, /not legal/],
  ["a single value among lists", { statusCode: 200, multiValueHeaders: { a: "1" } }, /must be a list/],
  ["base64 that is none", { statusCode: 200, body: "!", isBase64Encoded: true }, /not base64/],
  ["a number for isBase64Encoded", { statusCode: 200, isBase64Encoded: 1 }, /isBase64Encoded/],
])("%s is no answer", (_title, value, why) => {
  const answer = json(value);
  expect(answer).toEqual({ ok: false, denial: expect.stringMatching(why) as unknown });
});

test("what a custom runtime gave without being JSON is no answer", () => {
  const denial = "the answer is no JSON";
  expect(["hello", "", '{"statusCode":200'].map((text) => toApiAnswer(text, false))).toEqual(
    Array.from({ length: 3 }, () => ({ ok: false, denial })),
  );
});

test("base64 becomes bytes for a client that takes them, and stays text for another", () => {
  const value = { statusCode: 200, body: "aGk=", isBase64Encoded: true };
  expect([answerOf(value, true).body, answerOf(value, false).body]).toEqual(["hi", "aGk="]);
});

test("an answer of 6,291,556 bytes is taken, and one of a byte more is not", () => {
  const empty = JSON.stringify({ statusCode: 200, body: "" }).length;
  const body = "x".repeat(6_291_556 - empty);
  expect([json({ statusCode: 200, body }).ok, json({ statusCode: 200, body: `${body}x` }).ok]).toEqual([
    true,
    false,
  ]);
});

test("no answer of a function makes it throw", () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.record({ statusCode: fc.jsonValue(), headers: fc.jsonValue() }),
      (any, near) => {
        json(any);
        json(near);
      },
    ),
  );
});
