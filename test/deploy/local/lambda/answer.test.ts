import fc from "fast-check";
import { toAnswer, toStreamHead } from "../../../../deploy/local/aws/lambda/answer.js";
import { RESPONSE_LIMIT } from "../../../../deploy/local/aws/lambda/invocation.js";

const JSON_TYPE = ["content-type", "application/json"];

const answerTo = (result: unknown) => toAnswer(JSON.stringify(result));

describe("a result without a statusCode", () => {
  test.each([
    ["a string", "Hello, world!", '"Hello, world!"'],
    ["an object", { message: "Hello, world!" }, '{"message":"Hello, world!"}'],
    ["an object with a body", { body: "x" }, '{"body":"x"}'],
    ["a list", [{ statusCode: 500 }], '[{"statusCode":500}]'],
    ["null", null, "null"],
    ["a number", 201, "201"],
  ])("that is %s is 200 application/json with the JSON text", (_name, result, body) => {
    expect(answerTo(result)).toEqual({
      ok: true,
      value: { status: 200, headers: [JSON_TYPE], body: Buffer.from(body) },
    });
  });
});

describe("a full result", () => {
  test("is status, headers, cookies and body", () => {
    const result = {
      statusCode: 201,
      headers: { "Content-Type": "text/html", "X-Number": 7, "X-Yes": true },
      cookies: ["a=1; Path=/", "b=2"],
      body: "<b>λ</b>",
    };
    expect(answerTo(result)).toEqual({
      ok: true,
      value: {
        status: 201,
        headers: [
          ["content-type", "text/html"],
          ["x-number", "7"],
          ["x-yes", "true"],
          ["set-cookie", "a=1; Path=/"],
          ["set-cookie", "b=2"],
        ],
        body: Buffer.from("<b>λ</b>"),
      },
    });
  });

  test("without headers and body is empty JSON", () => {
    expect(answerTo({ statusCode: 204 })).toEqual({
      ok: true,
      value: { status: 204, headers: [JSON_TYPE], body: Buffer.alloc(0) },
    });
  });

  test("with isBase64Encoded is decoded", () => {
    const answer = answerTo({ statusCode: 200, body: "/wD+", isBase64Encoded: true });
    expect(answer.ok && answer.value.body).toEqual(Buffer.from([255, 0, 254]));
  });

  test.each([
    ["content-length", "1"],
    ["Transfer-Encoding", "chunked"],
    ["Connection", "close"],
    ["Upgrade", "h2c"],
    ["x-amzn-RequestId", "forged"],
    ["x-amzn-trace-id", "forged"],
  ])("has no say in %s", (name, value) => {
    const answer = answerTo({ statusCode: 200, headers: { [name]: value } });
    expect(answer.ok && answer.value.headers).toEqual([JSON_TYPE]);
  });

  test("knows no multiValueHeaders: a URL sends none", () => {
    const answer = answerTo({ statusCode: 200, multiValueHeaders: { a: ["1", "2"] } });
    expect(answer.ok && answer.value.headers).toEqual([JSON_TYPE]);
  });

  test("with isBase64Encoded and no body is empty", () => {
    expect(answerTo({ statusCode: 200, isBase64Encoded: true })).toMatchObject({
      ok: true,
      value: { body: Buffer.alloc(0) },
    });
  });

  test("has its challenge renamed", () => {
    const answer = answerTo({ statusCode: 401, headers: { "WWW-Authenticate": "Basic" } });
    expect(answer.ok && answer.value.headers[0]).toEqual(["x-amzn-remapped-www-authenticate", "Basic"]);
  });
});

describe("an illegal result is refused:", () => {
  test.each([
    ["a statusCode that is text", { statusCode: "200" }],
    ["a statusCode that is null", { statusCode: null }],
    ["a statusCode with a fraction", { statusCode: 200.5 }],
    ["an informational statusCode", { statusCode: 199 }],
    ["a statusCode above 599", { statusCode: 600 }],
    ["headers that are a list", { statusCode: 200, headers: ["a"] }],
    ["headers that are null", { statusCode: 200, headers: null }],
    ["a header that is an object", { statusCode: 200, headers: { a: {} } }],
    ["a header that is a list", { statusCode: 200, headers: { a: ["1"] } }],
    ["a header that is null", { statusCode: 200, headers: { a: null } }],
    ["a header name with a space", { statusCode: 200, headers: { "a b": "1" } }],
    ["a header value with a line break", { statusCode: 200, headers: { a: "1\r\nset-cookie: x" } }],
    ["a header value beyond latin1", { statusCode: 200, headers: { a: "λ" } }],
    ["a header that stands there twice", { statusCode: 200, headers: { a: "1", A: "2" } }],
    ["cookies that are text", { statusCode: 200, cookies: "a=1" }],
    ["a cookie that is a number", { statusCode: 200, cookies: [1] }],
    ["a cookie with a line break", { statusCode: 200, cookies: ["a=1\nb"] }],
    ["a body that is an object", { statusCode: 200, body: {} }],
    ["a body that is null", { statusCode: 200, body: null }],
    ["a body that is no base64", { statusCode: 200, body: "a", isBase64Encoded: true }],
    ["isBase64Encoded that is text", { statusCode: 200, body: "", isBase64Encoded: "true" }],
  ])("%s", (_name, result) => {
    expect(answerTo(result)).toMatchObject({ ok: false });
  });

  test("more than 6,291,556 bytes of JSON, counted in bytes", () => {
    const twoBytes = (count: number) => JSON.stringify("λ".repeat(count));
    expect(toAnswer(twoBytes((RESPONSE_LIMIT - 2) / 2))).toMatchObject({ ok: true });
    expect(toAnswer(twoBytes(RESPONSE_LIMIT / 2))).toMatchObject({ ok: false });
  });
});

test.each([200, 599])("the statusCode %d is legal", (statusCode) => {
  expect(answerTo({ statusCode })).toMatchObject({ ok: true, value: { status: statusCode } });
});

test("any JSON is an answer or a refusal, never an exception", () => {
  const member = fc.oneof(fc.jsonValue(), fc.string(), fc.integer({ min: 100, max: 600 }));
  const result = fc.record(
    { statusCode: member, headers: fc.dictionary(fc.string(), member), cookies: member, body: member },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), result), (value) => {
      expect([true, false]).toContain(answerTo(value).ok);
    }),
  );
});

describe("the metadata of a stream", () => {
  const headOf = (metadata: unknown) => toStreamHead(JSON.stringify(metadata));

  test("becomes the head, its length renamed", () => {
    expect(headOf({ statusCode: 203, headers: { "Content-Length": 5, a: "1" }, cookies: ["c=1"] })).toEqual({
      ok: true,
      value: {
        status: 203,
        headers: [
          ["x-amzn-remapped-content-length", "5"],
          ["a", "1"],
          ["content-type", "application/octet-stream"],
          ["set-cookie", "c=1"],
        ],
      },
    });
  });

  test.each([
    [null],
    ["text"],
    [[]],
    [{}],
    [{ statusCode: 42 }],
    [{ statusCode: 200, headers: { "": "x" } }],
  ])("%j is refused", (metadata) => {
    expect(headOf(metadata)).toMatchObject({ ok: false });
  });

  test("may have 16 KB with its delimiter, and not a byte more", () => {
    const of = (bytes: number) => headOf({ statusCode: 200, headers: { a: "x".repeat(bytes - 40) } });
    const overhead = JSON.stringify({ statusCode: 200, headers: { a: "" } }).length - 40;
    expect(of(16_376 - overhead)).toMatchObject({ ok: true });
    expect(of(16_377 - overhead)).toMatchObject({ ok: false });
  });
});
