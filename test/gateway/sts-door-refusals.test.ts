// What the /sts door does not take: always XML, never a session, and nothing of what was sent in it.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { rawRequest, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { formOf, postForm, xmlAnswer, type XmlAnswer } from "../fixtures/sts-caller.js";

let stack: Stack;
let sts: string;
let token: string;
beforeAll(async () => {
  stack = await startStack({
    adjust: (settings) => ({
      ...settings,
      routes: settings.routes.map((route) =>
        route.name === "long" ? { ...route, doors: new Set(["proxy" as const]) } : route,
      ),
    }),
  });
  sts = `${stack.url}/sts`;
  token = await stack.issuer.mint("alice");
});
afterAll(() => stack.close());

const form = (more: Readonly<Record<string, string>> = {}): string => formOf(token, more).toString();
const without = (name: string): string => {
  const parameters = formOf(token);
  parameters.delete(name);
  return parameters.toString();
};

describe("a form that is not one", () => {
  test.each<[string, () => string | Uint8Array<ArrayBuffer>, string]>([
    ["nothing", () => "", "MissingAction"],
    ["JSON", () => JSON.stringify({ Action: "GetCallerIdentity" }), "MalformedQueryString"],
    ["a pair without =", () => `${form()}&Policy`, "MalformedQueryString"],
    ["a pair without a name", () => `${form()}&=x`, "MalformedQueryString"],
    ["an empty pair", () => `${form()}&`, "MalformedQueryString"],
    ["a bare space", () => `${form()}&DurationSeconds=9 00`, "MalformedQueryString"],
    ["a line break at the end", () => `${form()}\n`, "MalformedQueryString"],
    ["bad UTF-8", () => `${form()}&Policy=%ff`, "MalformedQueryString"],
    ["half an escape", () => `${form()}&Policy=%4`, "MalformedQueryString"],
    ["bytes that are no ASCII", () => Buffer.from(`${form()}&Policy=\u00e4`), "MalformedQueryString"],
    ["a byte order mark", () => Buffer.from(`\ufeff${form()}`), "MalformedQueryString"],
    ["an encoded byte order mark", () => `%EF%BB%BF${form()}`, "MissingAction"],
    ["a parameter twice", () => `${form()}&RoleSessionName=laptop`, "MalformedQueryString"],
    ["the token twice", () => `${form()}&WebIdentityToken=${token}`, "MalformedQueryString"],
    ["65 parameters", () => "a=&".repeat(64) + form(), "MalformedQueryString"],
    ["no Action", () => without("Action"), "MissingAction"],
    ["an empty Action", () => form({ Action: "" }), "MissingAction"],
    ["an Action in another spelling", () => form({ Action: "assumerolewithwebidentity" }), "InvalidAction"],
    ["AssumeRole", () => form({ Action: "AssumeRole" }), "InvalidAction"],
    ["no Version", () => without("Version"), "InvalidAction"],
    ["another Version", () => form({ Version: "2011-06-16" }), "InvalidAction"],
    ["no RoleArn", () => without("RoleArn"), "MissingParameter"],
    ["no RoleSessionName", () => without("RoleSessionName"), "MissingParameter"],
    ["no token", () => without("WebIdentityToken"), "MissingParameter"],
    ["an empty token", () => form({ WebIdentityToken: "" }), "MissingParameter"],
    ["a token of 16,385 bytes", () => form({ WebIdentityToken: "a".repeat(16_385) }), "ValidationError"],
    ["PolicyArns", () => form({ "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/X" }), "ValidationError"],
    ["an empty list of PolicyArns", () => form({ PolicyArns: "" }), "ValidationError"],
    ["ProviderId", () => form({ ProviderId: "www.amazon.com" }), "ValidationError"],
    ["tags, which the rules give", () => form({ "Tags.member.1.Key": "tenant" }), "ValidationError"],
    ["a parameter in another spelling", () => form({ durationSeconds: "900" }), "ValidationError"],
    ["half a second", () => form({ DurationSeconds: "900.5" }), "ValidationError"],
    ["a duration in hex", () => form({ DurationSeconds: "0x400" }), "ValidationError"],
    ["a policy that is empty", () => form({ Policy: "" }), "MalformedPolicyDocument"],
  ])("%s", async (_, body, code) => {
    const answer = await postForm(sts, body());
    expect(answer).toMatchObject({ status: 400, code });
    expect(answer.xml).toContain("<Type>Sender</Type>");
  });

  test("a token of 16,384 bytes is read, and refused for what it is", async () => {
    const answer = await postForm(sts, form({ WebIdentityToken: "a".repeat(16_384) }));
    expect(answer).toMatchObject({ status: 400, code: "InvalidIdentityToken" });
  });

  test.each(["PolicyArns", "ProviderId"])("%s is refused by name", async (name) => {
    expect((await postForm(sts, form({ [name]: "x" }))).message).toContain(name);
  });

  test("a secret in the place of a parameter's name is not said again, nor logged", async () => {
    const secret = token.split(".")[2] ?? "";
    for (const body of [`${form()}&${secret}=x`, `${form()}&${secret}=x&${secret}=y`]) {
      expect((await postForm(sts, body)).xml).not.toContain(secret);
    }
    expect(JSON.stringify(stack.logLines())).not.toContain(secret);
  });
});

describe("a request that is not one", () => {
  const send = (url: string, init: RequestInit): Promise<XmlAnswer> => xmlAnswer(fetch(url, init));
  const typed = (type: string): RequestInit => ({
    method: "POST",
    body: form(),
    headers: { "content-type": type },
  });

  test.each(["GET", "PUT", "DELETE", "OPTIONS"])("%s", async (method) => {
    const answer = await send(sts, { method });
    expect(answer).toMatchObject({ status: 405, code: "MethodNotAllowed" });
    expect(answer.headers.get("allow")).toBe("POST");
  });

  test.each([
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded; charset=utf-16",
  ])("a body of the type %s", async (type) => {
    expect(await send(sts, typed(type))).toMatchObject({ status: 400, code: "ValidationError" });
  });

  test.each(["application/x-www-form-urlencoded;charset=UTF-8", "Application/X-WWW-Form-URLencoded"])(
    "but one of the type %s is",
    async (type) => {
      expect((await send(sts, typed(type))).status).toBe(200);
    },
  );

  test("a multipart form", async () => {
    const body = new FormData();
    for (const [name, value] of formOf(token)) body.append(name, value);
    expect(await send(sts, { method: "POST", body })).toMatchObject({ status: 400, code: "ValidationError" });
  });

  test.each([
    ["a token in the query", () => `?WebIdentityToken=${token}`],
    ["the whole form in the query", () => `?${form()}`],
    ["an empty query", () => "?x="],
  ])("%s is refused, and not logged", async (_, query) => {
    const answer = await postForm(`${sts}${query()}`, form());
    expect(answer).toMatchObject({ status: 400, code: "ValidationError" });
    expect(JSON.stringify(stack.logLines())).not.toContain(token);
  });

  test.each(["Bearer x", "bearer x", "Basic eDp5", "DPoP x", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"])(
    "a form with a token beside %s",
    async (authorization) => {
      const answer = await postForm(sts, form(), { authorization });
      expect(answer).toMatchObject({ status: 400, code: "ValidationError" });
    },
  );

  test("a signature beside the token is passed over, as STS does", async () => {
    const authorization = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x, SignedHeaders=host, Signature=0";
    expect((await postForm(sts, form(), { authorization })).status).toBe(200);
  });

  test.each([
    ["/sts/nothing", 404, "ResourceNotFound"],
    ["/sts/long", 404, "ResourceNotFound"],
    ["/sts/partner", 404, "ResourceNotFound"],
    ["/sts/hello/more", 404, "ResourceNotFound"],
    ["/%73ts/nothing", 404, "ResourceNotFound"],
    ["/sts//hello", 400, "ValidationError"],
    ["/sts/a\\b", 404, "ResourceNotFound"],
  ])("%s", async (path, status, code) => {
    expect(await postForm(`${stack.url}${path}`, form())).toMatchObject({ status, code });
  });

  test.each(["/sts/../grant/hello", "/sts/%2e%2e/grant/hello", "/sts/#x"])(
    "%s, which no client library sends",
    async (path) => {
      const { head, body } = await rawRequest(
        stack.url,
        requestText(`POST ${path} HTTP/1.1`, "Host: x", "Content-Length: 0", "Connection: close"),
      );
      expect(head).toMatch(/^HTTP\/1\.1 400 [^]*content-type: text\/xml/i);
      expect(body).toContain("<Code>ValidationError</Code>");
    },
  );

  test("a route without the grant door, one of an authorizer and one that is not there are the same", async () => {
    const answers = await Promise.all(
      ["long", "partner", "nothing"].map((name) => postForm(`${sts}/${name}`, form())),
    );
    expect(new Set(answers.map(({ message }) => message)).size).toBe(1);
  });

  test("other paths keep their form", async () => {
    for (const path of ["/STS", "/stsx", "/nothing"]) {
      const response = await fetch(`${stack.url}${path}`, { method: "POST", body: formOf(token) });
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    }
  });
});

describe("a body that is too much", () => {
  /** Sends the head, and what there is of a body; the answer may come before its end. */
  const announce = (
    length: number,
    body = Buffer.alloc(0),
    more: Readonly<Record<string, string>> = {},
  ): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": length,
        ...more,
      };
      const request = httpRequest(sts, { method: "POST", headers });
      request.on("response", resolve).on("error", reject);
      request.write(body);
      request.flushHeaders();
    });

  test("10 MB", async () => {
    const response = await announce(10 * 2 ** 20, Buffer.alloc(10 * 2 ** 20, "a"));
    expect(response.statusCode).toBe(413);
    expect(await text(response)).toContain("<Code>RequestEntityTooLarge</Code>");
  });

  test("an announced gigabyte is refused unread", async () => {
    const response = await announce(2 ** 30);
    expect(response.statusCode).toBe(413);
    expect(await text(response)).toContain("<Code>RequestEntityTooLarge</Code>");
  });

  test.each([
    [16_384 + 32_768, 400, "MalformedQueryString"],
    [16_384 + 32_769, 413, "RequestEntityTooLarge"],
  ])("of %i bytes answers %i", async (bytes, status, code) => {
    expect(await postForm(sts, "a".repeat(bytes))).toMatchObject({ status, code });
  });

  test("whoever waits to be asked for a body that is too long, or to a wrong path, is not asked", async () => {
    const waiting = { expect: "100-continue" };
    expect((await announce(2 ** 30, undefined, waiting)).statusCode).toBe(413);
  });
});
