import { functionAnswer, plainStreamHead, streamHead } from "../../server/core/function-answer.js";
import { accepted, refused } from "../fixtures/outcome.js";

const answerOf = (payload: unknown) => functionAnswer(Buffer.from(JSON.stringify(payload)));
const read = (payload: unknown) => {
  const { status, headers, body } = accepted(answerOf(payload));
  return { status, headers, body: body.toString("latin1") };
};

describe("a payload without statusCode is the body", () => {
  test.each([['{"a":1}'], ['"text"'], ["null"], ["[1]"], ["7"]])("%s", (payload) => {
    expect(accepted(functionAnswer(Buffer.from(payload)))).toEqual({
      status: 200,
      headers: ["content-type", "application/json", "content-length", String(payload.length)],
      body: Buffer.from(payload),
    });
  });
});

describe("a full answer", () => {
  test("has its status, its fields in lower case, its cookies and the length of its body", () => {
    expect(
      read({
        statusCode: 404,
        headers: { "Content-Type": "text/plain", "X-N": 1, "X-B": true, "Content-Length": 99 },
        cookies: ["a=1", "b=2"],
        body: "ä",
      }),
    ).toEqual({
      status: 404,
      headers: [
        ...["content-type", "text/plain", "x-n", "1", "x-b", "true"],
        ...["set-cookie", "a=1", "set-cookie", "b=2", "content-length", "2"],
      ],
      body: "Ã¤",
    });
  });

  test("may leave everything but its status out, or say null for it as Go does", () => {
    const bare = {
      status: 200,
      headers: ["content-type", "application/json", "content-length", "0"],
      body: "",
    };
    expect(read({ statusCode: 200 })).toEqual(bare);
    const nulls = { headers: null, cookies: null, body: null, isBase64Encoded: null };
    expect(read({ statusCode: 200, ...nulls })).toEqual(bare);
  });

  test("in base64 is bytes", () => {
    expect(read({ statusCode: 200, body: "AP8=", isBase64Encoded: true }).body).toBe("\0\xff");
  });

  test.each([
    ["", 0],
    ["QQ==", 1],
    ["QUI=", 2],
    ["QUJD".repeat(1_570_000), 4_710_000],
  ])("in base64 is as long as Lambda lets it be (%#)", (body, bytes) => {
    expect(accepted(answerOf({ statusCode: 200, body, isBase64Encoded: true })).body).toHaveLength(bytes);
  });

  test("may have a head of 16 KB", () => {
    const headers = { "content-type": "a/b", x: "v".repeat(16_384 - 39) };
    expect(read({ statusCode: 200, headers, cookies: ["c"] }).headers).toContain(headers.x);
    expect(refused(answerOf({ statusCode: 200, headers, cookies: ["cc"] }))).toContain("16384 bytes");
    expect(refused(answerOf({ statusCode: 200, headers: { x: "v".repeat(6_000_000) } }))).toContain(
      "16384 bytes",
    );
  });

  test.each([204, 304])("with %i has no body, no length and no type of ours", (statusCode) => {
    expect(read({ statusCode, body: "x", headers: { etag: "1" } })).toEqual({
      status: statusCode,
      headers: ["etag", "1"],
      body: "",
    });
  });

  test.each([
    ...["Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Trailer"],
    ...["X-Amzn-RequestId", "X-Amzn-Trace-Id", "X-Amz-Executed-Version"],
  ])("says nothing by the field %s, which is the front end's", (name) => {
    expect(JSON.stringify(read({ statusCode: 200, headers: { [name]: "a" } }))).not.toMatch(
      new RegExp(name, "i"),
    );
  });
});

describe("refused, with its reason", () => {
  test.each<[unknown, string]>([
    [{ statusCode: 199 }, "statusCode"],
    [{ statusCode: 600 }, "statusCode"],
    [{ statusCode: 200.5 }, "statusCode"],
    [{ statusCode: "200" }, "statusCode"],
    [{ statusCode: null }, "statusCode"],
    [{ statusCode: 200, headers: ["a"] }, "headers must be an object"],
    [{ statusCode: 200, headers: { a: ["b"] } }, '"a" must be a string'],
    [{ statusCode: 200, headers: { "a b": "c" } }, '"a b" is not legal'],
    [{ statusCode: 200, headers: { "": "c" } }, '"" is not legal'],
    [{ statusCode: 200, headers: { a: "b\r\nc: d" } }, '"a" is not legal'],
    [{ statusCode: 200, headers: { a: "\u0100" } }, '"a" is not legal'],
    [{ statusCode: 200, headers: { a: "1", A: "2" } }, '"A" stands there twice'],
    [{ statusCode: 200, cookies: "a=1" }, "cookies"],
    [{ statusCode: 200, cookies: [1] }, "cookies"],
    [{ statusCode: 200, cookies: ["a\nb"] }, "cookies"],
    [{ statusCode: 200, body: { a: 1 } }, "body must be a string"],
    [{ statusCode: 200, body: "a", isBase64Encoded: "yes" }, "isBase64Encoded"],
    ...["a", "QQ=", "QQ===", "=QQ=", "Q===", "====", "QQ==QQ==", "QQ==\n", "Q_Q="].map(
      (body): [unknown, string] => [{ statusCode: 200, body, isBase64Encoded: true }, "not base64"],
    ),
  ])("%j", (payload, reason) => {
    expect(refused(answerOf(payload))).toContain(reason);
  });

  test("a payload that is not JSON", () => {
    for (const payload of ["", "{", "undefined"])
      expect(refused(functionAnswer(Buffer.from(payload)))).toContain("not JSON");
  });

  test("never quoting more than a little of it", () => {
    const name = "ü".repeat(5000);
    expect(refused(answerOf({ statusCode: 200, headers: { [name]: "a" } })).length).toBeLessThan(150);
  });
});

describe("the metadata of a stream", () => {
  test("is a head like any other; its status may be left out", () => {
    expect(accepted(streamHead('{"headers":{"a":"b","content-length":"9"},"cookies":["c=1"]}'))).toEqual({
      status: 200,
      headers: ["a", "b", "content-type", "application/octet-stream", "set-cookie", "c=1"],
    });
  });

  test.each(["{", "[]", '{"statusCode":99}', '{"headers":{"a b":"c"}}'])("%s is refused", (metadata) => {
    expect(typeof refused(streamHead(metadata))).toBe("string");
  });

  test("is 200 and bytes where there is none", () => {
    expect(plainStreamHead()).toEqual({ status: 200, headers: ["content-type", "application/octet-stream"] });
  });
});
