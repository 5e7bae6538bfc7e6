// Events to HTTP requests and answers to payloads, as the Lambda Web Adapter does both.
import { toHead, toPayload, toPrelude } from "../../../../../deploy/local/aws/lambda/web-adapter/answer.js";
import { toAppRequest } from "../../../../../deploy/local/aws/lambda/web-adapter/request.js";
import { readWebAdapterSettings } from "../../../../../deploy/local/aws/lambda/web-adapter/settings.js";

const request = (event: unknown, variables: Record<string, string> = {}) => {
  const settings = readWebAdapterSettings(variables);
  if (!settings.ok) throw new Error(settings.denial);
  return toAppRequest(JSON.stringify(event), { request_id: "r" }, settings.value);
};
const format2 = (more = {}) => ({
  ...{ version: "2.0", rawPath: "/a", rawQueryString: "", headers: {} },
  ...{ requestContext: { http: { method: "GET" } }, isBase64Encoded: false, ...more },
});
const format1 = (more = {}) => ({ httpMethod: "GET", path: "/a", headers: {}, requestContext: {}, ...more });

test("payload format 2.0: path and query as they were sent, cookies in one field, a body decoded", () => {
  const { headers, body, ...rest } = request(
    format2({
      ...{ rawPath: "/a%20b/é", rawQueryString: "x=1&x=2&y=%2F", cookies: ["a=1", "b=2"] },
      ...{ headers: { "X-Mine": "1", connection: "close", "content-length": "9" } },
      ...{ body: Buffer.from([255, 0]).toString("base64"), isBase64Encoded: true },
    }),
  );
  expect(rest).toEqual({ format: "2.0", method: "GET", target: "/a%20b/%C3%A9?x=1&x=2&y=%2F" });
  expect(body).toEqual(Buffer.from([255, 0]));
  expect(headers).toEqual({
    ...{ "x-mine": "1", cookie: "a=1; b=2", "content-length": "2" },
    "x-amzn-request-context": '{"http":{"method":"GET"}}',
    "x-amzn-lambda-context": '{"request_id":"r"}',
  });
});

test("payload format 1.0: repeated fields and parameters stay repeated", () => {
  const { format, target, headers } = request(
    format1({
      multiValueQueryStringParameters: { x: ["1", "2"], y: ["a b"] },
      multiValueHeaders: { "X-List": ["one", "two"] },
    }),
  );
  expect({ format, target, list: headers["x-list"] }).toEqual({
    ...{ format: "1.0", target: "/a?x=1&x=2&y=a+b", list: ["one", "two"] },
  });
});

test.each([[{ Records: [1] }], [[1, 2]], ["text"], [null]])(
  "%j is no HTTP request: it is posted as it is",
  (event) => {
    const { method, target, body } = request(event);
    expect({ method, target, body: body.toString() }).toEqual({
      ...{ method: "POST", target: "/events", body: JSON.stringify(event) },
    });
  },
);

test.each([
  ["/api", "/api/x", "/x"],
  ["/api/", "/api/api/x", "/api/x"],
  ["/api", "/api", "/"],
  ["/api", "/apix", "/apix"],
  ["", "/api/x", "/api/x"],
])("base path %s is taken from %s once: %s", (AWS_LWA_REMOVE_BASE_PATH, rawPath, target) => {
  expect(request(format2({ rawPath }), { AWS_LWA_REMOVE_BASE_PATH }).target).toBe(target);
});

test("another header can bring what the app takes for its Authorization", () => {
  const variables = { AWS_LWA_AUTHORIZATION_SOURCE: "X-Token" };
  const { headers } = request(format2({ headers: { "x-token": "t", authorization: "a" } }), variables);
  expect(headers.authorization).toBe("t");
  expect(headers).not.toHaveProperty("x-token");
  expect(request(format2({ headers: { authorization: "a" } }), variables).headers.authorization).toBe("a");
});

test("the contexts are headers whatever letters they have", () => {
  const requestContext = { http: { method: "GET" }, name: "é" };
  const { headers } = request(format2({ requestContext }));
  expect(headers["x-amzn-request-context"]).toBe('{"http":{"method":"GET"},"name":"\\u00e9"}');
});

const head = toHead(201, {
  ...{ "content-type": ["application/json"], "x-list": ["a", "b"], "set-cookie": ["a=1", "b=2"] },
  ...{ connection: ["close"], "transfer-encoding": ["chunked"] },
});

test("an answer for format 2.0 has cookies, one for format 1.0 repeated fields", () => {
  const two = JSON.parse(toPayload("2.0", head, Buffer.from("{}"))) as unknown;
  const headers = { "content-type": "application/json", "x-list": "a, b" };
  expect(two).toEqual({
    statusCode: 201,
    headers,
    cookies: ["a=1", "b=2"],
    body: "{}",
    isBase64Encoded: false,
  });
  expect(JSON.parse(toPayload("1.0", head, Buffer.from("{}")))).toMatchObject({
    multiValueHeaders: { "x-list": ["a", "b"], "set-cookie": ["a=1", "b=2"] },
  });
});

test.each([
  [{ "content-type": ["text/html; charset=utf-8"] }, false],
  [{ "content-type": ["application/problem+json"] }, false],
  [{ "content-type": ["application/json"], "content-encoding": ["gzip"] }, true],
  [{ "content-type": ["image/png"] }, true],
  [{}, true],
])("%j is base64: %s", (headers, isBase64Encoded) => {
  const payload = toPayload("2.0", toHead(200, headers), Buffer.from("x"));
  expect(JSON.parse(payload)).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? "eA==" : "x" });
});

test("a stream begins with its metadata and eight NUL bytes", () => {
  const prelude = toPrelude(head);
  expect(prelude.subarray(-8)).toEqual(Buffer.alloc(8));
  expect(JSON.parse(prelude.subarray(0, -8).toString())).toEqual({
    ...{ statusCode: 201, headers: { "content-type": "application/json", "x-list": "a, b" } },
    cookies: ["a=1", "b=2"],
  });
});
