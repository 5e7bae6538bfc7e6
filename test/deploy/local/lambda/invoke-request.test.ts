// What an Invoke request names and asks for, and what the twin refuses of it before anything runs.
import fc from "fast-check";
import { isLambdaPath, readInvokeRequest } from "../../../../deploy/local/aws/lambda/invoke-request.js";
import type { SignedRequest } from "../../../../deploy/local/aws/model.js";

const place = { region: "eu-west-1", accountId: "123456789012" };
const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:hello";

const invokeOf = (name: string, query = ""): string =>
  `/2015-03-31/functions/${encodeURIComponent(name)}/invocations${query}`;

const read = (target: string, changes: Partial<SignedRequest> = {}) =>
  readInvokeRequest({ method: "POST", target, rawHeaders: [], body: Buffer.alloc(0), ...changes }, place);
const withHeader = (name: string, value: string) => read(invokeOf("hello"), { rawHeaders: [name, value] });

const refused = (status: number, type: string) => ({ ok: false, error: { status, type } });

describe("a function is named", () => {
  test.each([
    ["by its name", invokeOf("hello"), undefined],
    ["by name and alias", invokeOf("hello:live"), "live"],
    ["by name and version", invokeOf("hello:1"), "1"],
    ["by name and $LATEST", invokeOf("hello:$LATEST"), "$LATEST"],
    ["by its ARN", invokeOf(ARN), undefined],
    ["by a qualified ARN", invokeOf(`${ARN}:live`), "live"],
    ["by an ARN with bare colons", `/2015-03-31/functions/${ARN}:live/invocations`, "live"],
    ["by a partial ARN", invokeOf("123456789012:function:hello:live"), "live"],
    ["with the alias in the query", invokeOf("hello", "?Qualifier=live"), "live"],
    ["with the same alias twice", invokeOf("hello:live", "?Qualifier=live"), "live"],
  ])("%s", (_how, target, qualifier) => {
    const request = read(target);
    expect(request.ok && request.value.target).toEqual({
      functionName: "hello",
      functionArn: ARN,
      ...(qualifier === undefined ? {} : { qualifier }),
    });
  });

  test.each([
    ["a name with a dot", invokeOf("hel.lo"), 400, "ValidationException"],
    ["a name of 65 characters", invokeOf("h".repeat(65)), 400, "ValidationException"],
    ["an ARN of another service", invokeOf("arn:aws:s3:::hello"), 400, "ValidationException"],
    [
      "an ARN without an account",
      invokeOf("arn:aws:lambda:eu-west-1:function:hello"),
      400,
      "ValidationException",
    ],
    ["a name with a slash", invokeOf("a/b"), 400, "ValidationException"],
    ["an empty qualifier", invokeOf("hello", "?Qualifier="), 400, "ValidationException"],
    [
      "two qualifiers in the query",
      invokeOf("hello", "?Qualifier=a&Qualifier=b"),
      400,
      "ValidationException",
    ],
    [
      "two different qualifiers",
      invokeOf("hello:live", "?Qualifier=1"),
      400,
      "InvalidParameterValueException",
    ],
    ["a query it does not know", invokeOf("hello", "?qualifier=live"), 400, "InvalidParameterValueException"],
    [
      "a target that cannot be verified",
      invokeOf("hello", "?Qualifier=a+b"),
      400,
      "InvalidParameterValueException",
    ],
    [
      "another region",
      invokeOf("arn:aws:lambda:us-east-1:123456789012:function:hello"),
      404,
      "ResourceNotFoundException",
    ],
  ])("not by %s", (_what, target, status, type) => {
    expect(read(target)).toMatchObject(refused(status, type));
  });
});

test("a name of 64 characters is one", () => {
  expect(read(invokeOf("h".repeat(64)))).toMatchObject({ ok: true });
});

describe("of other actions", () => {
  test.each([
    ["GET", invokeOf("hello")],
    ["POST", "/2015-03-31/functions"],
    ["POST", "/2015-03-31/functions/hello"],
    ["POST", "/2014-11-13/functions/hello/invoke-async/"],
    ["POST", "/2021-11-15/functions/hello/invocations"],
    ["POST", "/2015-03-31/functions/hello/response-streaming-invocations"],
  ])("%s %s is refused by name", (method, target) => {
    expect(isLambdaPath(target)).toBe(true);
    expect(read(target, { method })).toMatchObject(refused(404, "UnknownOperationException"));
  });

  test.each(["/", "/?Action=AssumeRole", "/task-credentials", "/functions/hello"])(
    "%s is not Lambda's",
    (target) => {
      expect(isLambdaPath(target)).toBe(false);
    },
  );
});

describe("how a function is called", () => {
  test("is a request and its response, without a log, where nothing is said", () => {
    expect(read(invokeOf("hello"))).toMatchObject({
      ok: true,
      value: { streaming: false, type: "RequestResponse", wantsLog: false, payload: "{}" },
    });
  });

  test.each(["RequestResponse", "Event", "DryRun"])("is %s as X-Amz-Invocation-Type says", (type) => {
    expect(withHeader("X-Amz-Invocation-Type", type)).toMatchObject({ ok: true, value: { type } });
  });

  test("as a stream is never Event", () => {
    const target = "/2021-11-15/functions/hello/response-streaming-invocations";
    const as = (type: string) => read(target, { rawHeaders: ["x-amz-invocation-type", type] });
    expect(as("DryRun")).toMatchObject({ ok: true, value: { streaming: true } });
    expect(as("Event")).toMatchObject(refused(400, "ValidationException"));
  });

  test("includes the log's tail for Tail alone", () => {
    expect(withHeader("x-amz-log-type", "Tail")).toMatchObject({ ok: true, value: { wantsLog: true } });
    expect(withHeader("x-amz-log-type", "tail")).toMatchObject(refused(400, "ValidationException"));
  });

  test.each([
    ["x-amz-invocation-type", "requestresponse", "ValidationException"],
    ["X-Amz-Tenant-Id", "acme", "InvalidParameterValueException"],
    ["X-Amz-Durable-Execution-Name", "once", "InvalidParameterValueException"],
  ])("is refused with %s: %s", (name, value, type) => {
    expect(withHeader(name, value)).toMatchObject(refused(400, type));
  });
});

describe("the client context", () => {
  const context = (value: unknown, ...more: string[]) =>
    read(invokeOf("hello"), {
      rawHeaders: ["x-amz-client-context", Buffer.from(JSON.stringify(value)).toString("base64"), ...more],
    });

  test("reaches a function that somebody waits for", () => {
    expect(context({ custom: { a: "λ" } })).toMatchObject({
      ok: true,
      value: { clientContext: '{"custom":{"a":"λ"}}' },
    });
  });

  test("does not reach an Event", () => {
    const request = context({ a: 1 }, "x-amz-invocation-type", "Event");
    expect(request.ok && request.value).not.toHaveProperty("clientContext");
  });

  test("may be 3,583 bytes of base64, and no more", () => {
    // Base64 comes in fours: 3,580 fits and 3,584 does not.
    expect(context({ a: "x".repeat(2685 - 8) })).toMatchObject({ ok: true });
    expect(context({ a: "x".repeat(2688 - 8) })).toMatchObject(
      refused(400, "InvalidRequestContentException"),
    );
  });

  test.each([
    ["no base64", "{}"],
    ["no JSON", Buffer.from("{").toString("base64")],
    ["no object", Buffer.from("[1]").toString("base64")],
  ])("that is %s is refused", (_what, value) => {
    expect(withHeader("x-amz-client-context", value)).toMatchObject(
      refused(400, "InvalidRequestContentException"),
    );
  });
});

describe("the payload", () => {
  const payload = (body: Buffer | string, ...rawHeaders: string[]) =>
    read(invokeOf("hello"), { body: Buffer.from(body), rawHeaders });

  test.each(["null", "1", '"λ"', "[]", '{"a":1}', ' {"a":1}\n'])("%j is kept as it is", (text) => {
    expect(payload(text)).toMatchObject({ ok: true, value: { payload: text } });
  });

  test.each([
    ["no JSON", "{a:1}"],
    ["two values", "{}{}"],
    ["no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
  ])("that is %s is refused", (_what, body) => {
    expect(payload(Buffer.from(body))).toMatchObject(refused(400, "InvalidRequestContentException"));
  });

  test.each([
    ["RequestResponse", 6_291_456],
    ["Event", 1_048_576],
  ])("of %s may have %d bytes, and not one more", (type, limit) => {
    const of = (bytes: number) =>
      payload(JSON.stringify("x".repeat(bytes - 2)), "x-amz-invocation-type", type);
    expect(of(limit)).toMatchObject({ ok: true });
    expect(of(limit + 1)).toMatchObject(refused(413, "RequestTooLargeException"));
  });
});

test("any path is read or refused, never an exception", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary-ascii" }), (name) => {
      expect([true, false]).toContain(read(`/2015-03-31/functions/${name}/invocations`).ok);
    }),
  );
});
