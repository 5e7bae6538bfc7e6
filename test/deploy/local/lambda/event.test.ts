import fc from "fast-check";
import {
  type EventInput,
  type FunctionUrlEvent,
  toEvent,
} from "../../../../deploy/local/aws/lambda/event.js";
import { caller, fixture, NOW } from "./lambda-harness.js";

const input = (
  overrides: Partial<EventInput["request"]> = {},
  rest: Partial<EventInput> = {},
): EventInput => ({
  request: {
    method: "GET",
    target: "/",
    rawHeaders: ["Host", "127.0.0.1:9"],
    body: Buffer.alloc(0),
    ...overrides,
  },
  definition: fixture("count"),
  caller,
  connection: { sourceIp: "127.0.0.1", port: 9 },
  requestId: "e1506fd5-9e7b-434f-bd42-4f8fa224b599",
  traceId: "Root=1-6a5145aa-290a323a5de9a2e0636377d4",
  now: NOW,
  ...rest,
});

const eventOf = (
  overrides?: Partial<EventInput["request"]>,
  rest?: Partial<EventInput>,
): FunctionUrlEvent => {
  const event = toEvent(input(overrides, rest));
  if (!event.ok) throw new Error(event.denial);
  return event.value;
};

test("gives the whole event of payload format 2.0, field by field", () => {
  const event = eventOf({
    method: "POST",
    target: "/capture/space%20value?repeat=one&repeat=two&plus=a+b&empty=",
    rawHeaders: [
      "Host",
      "h",
      "User-Agent",
      "curl/8",
      "Content-Type",
      "application/json",
      "Cookie",
      "a=1; b=2",
    ],
    body: Buffer.from('{"unicode":"λ"}'),
  });
  expect(JSON.parse(JSON.stringify(event))).toEqual({
    version: "2.0",
    routeKey: "$default",
    rawPath: "/capture/space%20value",
    rawQueryString: "repeat=one&repeat=two&plus=a+b&empty=",
    cookies: ["a=1", "b=2"],
    headers: {
      host: "h",
      "user-agent": "curl/8",
      "content-type": "application/json",
      cookie: "a=1; b=2",
      "x-amzn-trace-id": "Root=1-6a5145aa-290a323a5de9a2e0636377d4",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-port": "9",
      "x-forwarded-proto": "http",
    },
    queryStringParameters: { repeat: "one,two", plus: "a b", empty: "" },
    requestContext: {
      accountId: "123456789012",
      apiId: "abcdefghijabcdefghijabcdefghij12",
      authentication: null,
      authorizer: {
        iam: {
          accessKey: "ASIAEXAMPLEEXAMPLE01",
          accountId: "123456789012",
          callerId: "AROAEXAMPLEEXAMPLE0:main.alice",
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: "arn:aws:sts::123456789012:assumed-role/analyst/main.alice",
          userId: "AROAEXAMPLEEXAMPLE0:main.alice",
        },
      },
      domainName: "abcdefghijabcdefghijabcdefghij12.lambda-url.eu-west-1.on.aws",
      domainPrefix: "abcdefghijabcdefghijabcdefghij12",
      http: {
        method: "POST",
        path: "/capture/space value",
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: "curl/8",
      },
      requestId: "e1506fd5-9e7b-434f-bd42-4f8fa224b599",
      routeKey: "$default",
      stage: "$default",
      time: "21/Nov/2026:09:08:07 +0000",
      timeEpoch: NOW,
    },
    body: '{"unicode":"λ"}',
    isBase64Encoded: false,
    pathParameters: null,
    stageVariables: null,
  });
});

describe("the path", () => {
  test.each([
    ["/a%2Fb", "/a%2Fb", "/a/b"],
    ["//a/../b/", "//a/../b/", "//a/../b/"],
    ["/%E3%81%82", "/%E3%81%82", "/あ"],
    ["/a+b", "/a+b", "/a+b"],
    ["/(a)!*'", "/(a)!*'", "/(a)!*'"],
    ["/?", "/", "/"],
  ])("of %s stays encoded in rawPath and is decoded in http.path", (target, rawPath, path) => {
    const event = eventOf({ target });
    expect(event.rawPath).toBe(rawPath);
    expect(event.requestContext.http.path).toBe(path);
  });

  test.each(["/%", "/%E9", "/?a=%zz", "/a#b", "http://evil.example/", "*", ""])(
    "refuses the target %p",
    (target) => {
      expect(toEvent(input({ target }))).toMatchObject({ ok: false });
    },
  );
});

describe("the query", () => {
  test.each([
    ["a=1&a=2&b=3", { a: "1,2", b: "3" }],
    ["a", { a: "" }],
    ["=b", { "": "b" }],
    ["a=b=c", { a: "b=c" }],
    ["a=%2B+%20", { a: "+  " }],
    ["a%20b=1", { "a b": "1" }],
    ["&&a=1&", { a: "1" }],
    ["q=what?", { q: "what?" }],
    ["r=https%3A%2F%2Fexample.com", { r: "https://example.com" }],
  ])("%s is kept verbatim and decoded beside it", (query, parameters) => {
    const event = eventOf({ target: `/?${query}` });
    expect(event.rawQueryString).toBe(query);
    expect({ ...event.queryStringParameters }).toEqual(parameters);
  });

  test.each(["/", "/?"])("that is empty (%s) leaves queryStringParameters out", (target) => {
    const event = eventOf({ target });
    expect(event.rawQueryString).toBe("");
    expect(event).not.toHaveProperty("queryStringParameters");
  });

  test("cannot reach the prototype", () => {
    const event = eventOf({ target: "/?__proto__=x&constructor=y" });
    expect(JSON.stringify(event.queryStringParameters)).toBe('{"__proto__":"x","constructor":"y"}');
  });
});

describe("the headers", () => {
  test("are lower-cased, and repeats are joined with a comma", () => {
    expect(eventOf({ rawHeaders: ["X-Probe", "first", "x-probe", "second"] }).headers["x-probe"]).toBe(
      "first,second",
    );
  });

  test("of several cookies are joined as one and listed as many", () => {
    const event = eventOf({ rawHeaders: ["Cookie", "a=1;b=2", "cookie", "c=x=y"] });
    expect(event.headers.cookie).toBe("a=1;b=2; c=x=y");
    expect(event.cookies).toEqual(["a=1", "b=2", "c=x=y"]);
  });

  test("without a cookie leave cookies out", () => {
    expect(eventOf()).not.toHaveProperty("cookies");
  });

  test.each([
    "Authorization",
    "X-Amz-Security-Token",
    "Connection",
    "Transfer-Encoding",
    "Keep-Alive",
    "Upgrade",
  ])("never show %s", (name) => {
    expect(eventOf({ rawHeaders: [name, "secret"] }).headers).not.toHaveProperty(name.toLowerCase());
  });

  test("show the rest of the signature, as real URLs do", () => {
    expect(eventOf({ rawHeaders: ["X-Amz-Date", "20261121T090807Z"] }).headers["x-amz-date"]).toBe(
      "20261121T090807Z",
    );
  });

  test.each([
    ["X-Forwarded-For", "127.0.0.1"],
    ["x-forwarded-port", "9"],
    ["x-forwarded-proto", "http"],
    ["x-amzn-trace-id", "Root=1-6a5145aa-290a323a5de9a2e0636377d4"],
    ["x-amzn-tls-version", undefined],
  ])("do not let a client say what %s is", (name, value) => {
    expect(eventOf({ rawHeaders: [name, "forged"] }).headers[name.toLowerCase()]).toBe(value);
  });
});

describe("the body", () => {
  const body = Buffer.from("a=λ");
  test.each([
    ["text/plain", true],
    ["text/html; charset=utf-8", true],
    ["application/json", true],
    ["Application/JSON;v=1", true],
    ["application/problem+json", true],
    ["application/xml", true],
    ["application/javascript", true],
    ["application/x-www-form-urlencoded", false],
    ["application/octet-stream", false],
    ["application/jsonbut-not", false],
    ["image/svg+xml", false],
    ["multipart/form-data; boundary=text/plain", false],
  ])("of type %s passes as text: %p", (type, isText) => {
    const event = eventOf({ body, rawHeaders: ["content-type", type] });
    expect(event).toMatchObject({
      isBase64Encoded: !isText,
      body: isText ? "a=λ" : body.toString("base64"),
    });
  });

  test("without a type is base64", () => {
    expect(eventOf({ body })).toMatchObject({ isBase64Encoded: true, body: body.toString("base64") });
  });

  test.each([
    ["identity", false],
    ["br", true],
    ["x-unknown", true],
  ])("of a text type with content-encoding %s is base64: %p", (encoding, isBase64Encoded) => {
    const rawHeaders = ["content-type", "text/plain", "content-encoding", encoding];
    expect(eventOf({ body, rawHeaders })).toMatchObject({ isBase64Encoded });
  });

  test("that is empty is left out", () => {
    expect(eventOf()).not.toHaveProperty("body");
  });

  test("is never changed, whatever its type says", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.constantFrom("text/plain", "image/png"),
        (bytes, type) => {
          const event = eventOf({ body: Buffer.from(bytes), rawHeaders: ["content-type", type] });
          const encoding = event.isBase64Encoded ? "base64" : "utf8";
          expect(Buffer.from((event as { body: string }).body, encoding)).toEqual(Buffer.from(bytes));
        },
      ),
    );
  });
});

test("an URL without IAM has no authorizer, and its caller is anonymous", () => {
  const event = eventOf({ rawHeaders: ["Authorization", "Basic x"] }, { caller: undefined });
  expect(event.requestContext).not.toHaveProperty("authorizer");
  expect(event.requestContext.accountId).toBe("anonymous");
  // Nothing consumed it.
  expect(event.headers.authorization).toBe("Basic x");
});

test("any target is either refused or kept verbatim", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
      const event = toEvent(input({ target: `/${text}` }));
      if (!event.ok) return;
      const { rawPath, rawQueryString } = event.value;
      expect([rawPath, `${rawPath}?${rawQueryString}`]).toContain(`/${text}`);
    }),
  );
});
