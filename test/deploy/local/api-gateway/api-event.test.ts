import { toApiEvent, type ApiEventInput } from "../../../../deploy/local/aws/api-gateway/api-event.js";
import { findMethod } from "../../../../deploy/local/aws/api-gateway/find-method.js";
import type { ApiMethod, RestApi } from "../../../../deploy/local/aws/model.js";
import { accountId, now, sampleCaller } from "../iam/sample-caller.js";

const method: ApiMethod = {
  path: "/show/{proxy+}",
  method: "ANY",
  authorization: "AWS_IAM",
  integration: { kind: "mock", status: 200, body: "" },
};
const stage = { name: "prod", variables: {} };
const api: RestApi = {
  logicalId: "Api",
  id: "abc123",
  methods: [method],
  stages: [stage],
  binaryMediaTypes: [],
};
const found = findMethod([method], "POST", "/show/a%20b");
if (found === undefined) throw new Error("not found");

const input: ApiEventInput = {
  ...{ api, stage, found, path: "/show/a%20b", accountId, region: "eu-west-1", now },
  ...{ requestId: "r", extendedRequestId: "e=", traceId: "Root=1" },
  request: {
    method: "POST",
    target: "/prod/show/a%20b?x=1&y=%C3%A9&x=2&flag",
    rawHeaders: [
      ...["Host", "127.0.0.1:1", "Content-Type", "application/json", "X-Tag", "a", "x-tag", "b"],
      ...[
        "Authorization",
        "AWS4-HMAC-SHA256 ...",
        "X-Amz-Security-Token",
        "secret",
        "X-Forwarded-For",
        "9.9.9.9",
      ],
      ...["User-Agent", "test", "Connection", "close"],
    ],
    body: Buffer.from('{"a":1}'),
  },
  caller: sampleCaller(),
  connection: { sourceIp: "127.0.0.1", port: 81 },
};
const eventOf = (changes: Partial<ApiEventInput> = {}): unknown => {
  const event = toApiEvent({ ...input, ...changes });
  return event.ok ? JSON.parse(JSON.stringify(event.value)) : event.denial;
};
const withBody = (body: Buffer | string, type: string, more: readonly string[] = []) => ({
  request: { ...input.request, body: Buffer.from(body), rawHeaders: ["Content-Type", type, ...more] },
});

test("a request becomes the event of a REST API's proxy integration, field by field", () => {
  const added = { "X-Amzn-Trace-Id": "Root=1", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Port": "81" };
  const headers = {
    ...{ Host: "127.0.0.1:1", "Content-Type": "application/json", "X-Tag": "b", "User-Agent": "test" },
    ...added,
    "X-Forwarded-Proto": "http",
  };
  const lists = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const userId = "AROAEXAMPLEEXAMPLE123:alice";
  expect(eventOf()).toEqual({
    resource: "/show/{proxy+}",
    path: "/show/a%20b",
    httpMethod: "POST",
    headers,
    multiValueHeaders: { ...lists, "X-Tag": ["a", "b"] },
    queryStringParameters: { x: "2", y: "é", flag: "" },
    multiValueQueryStringParameters: { x: ["1", "2"], y: ["é"], flag: [""] },
    pathParameters: { proxy: "a%20b" },
    stageVariables: null,
    requestContext: {
      accountId,
      apiId: "abc123",
      domainName: "abc123.execute-api.eu-west-1.amazonaws.com",
      domainPrefix: "abc123",
      extendedRequestId: "e=",
      httpMethod: "POST",
      identity: {
        accessKey: "ASIAEXAMPLEEXAMPLE12",
        accountId,
        caller: userId,
        clientCert: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: "127.0.0.1",
        user: userId,
        userAgent: "test",
        userArn: "arn:aws:sts::123456789012:assumed-role/analyst/alice",
      },
      path: "/prod/show/a%20b",
      protocol: "HTTP/1.1",
      requestId: "r",
      requestTime: "21/Nov/2026:12:00:00 +0000",
      requestTimeEpoch: now,
      resourcePath: "/show/{proxy+}",
      stage: "prod",
    },
    body: '{"a":1}',
    isBase64Encoded: false,
  });
});

test("a method that asks for no signature names nobody and passes an Authorization field on", () => {
  expect(eventOf({ caller: undefined })).toMatchObject({
    headers: { Authorization: "AWS4-HMAC-SHA256 ..." },
    requestContext: { identity: { accessKey: null, user: null, userArn: null, sourceIp: "127.0.0.1" } },
  });
});

test("without query, body and variables there are nulls, and with variables there they are", () => {
  const request = { ...input.request, target: "/prod/show/a%20b", body: Buffer.alloc(0) };
  const nulls = { queryStringParameters: null, multiValueQueryStringParameters: null, body: null };
  expect(eventOf({ request })).toMatchObject({ ...nulls, isBase64Encoded: false, stageVariables: null });
  expect(eventOf({ stage: { name: "prod", variables: { tier: "free" } } })).toMatchObject({
    stageVariables: { tier: "free" },
  });
});

test.each([
  [["image/png"], "image/png", true],
  [["image/*"], "image/png; q=1", true],
  [["*/*"], "text/plain", true],
  [["image/png"], "image/jpeg", false],
  [[], "image/png", false],
])("with the binary media types %j a body of %s is base64: %s", (binaryMediaTypes, type, isBase64Encoded) => {
  const event = eventOf({ ...withBody("hi", type), api: { ...api, binaryMediaTypes } });
  expect(event).toMatchObject({ body: isBase64Encoded ? "aGk=" : "hi", isBase64Encoded });
});

test("bytes that are no text are refused where no binary media type fits, and taken where one does", () => {
  const bytes = withBody(Buffer.from([0xff, 0xfe]), "image/png");
  expect(eventOf(bytes)).toMatch(/no UTF-8/);
  expect(eventOf({ ...bytes, api: { ...api, binaryMediaTypes: ["image/png"] } })).toMatchObject({
    body: "//4=",
  });
});

test.each([";", "|", "{", "}"])("a plain %s in the query is refused, and encoded it is taken", (char) => {
  const ask = (target: string) => eventOf({ request: { ...input.request, target } });
  expect(ask(`/prod/show/a?x=${char}`)).toMatch(/percent-encoded/);
  expect(ask(`/prod/show/a?x=${encodeURIComponent(char)}`)).toMatchObject({
    queryStringParameters: { x: char },
  });
});
