// Spellings of the two doors that hand out credentials: each is that door, with all it asks for, or no door at all. No
// spelling goes round a check, and none reaches a function.
import { rawRequest, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { formOf } from "../fixtures/sts-caller.js";

let stack: Stack;
let token: string;
beforeAll(async () => {
  stack = await startStack();
  token = await stack.issuer.mint("alice");
});
afterAll(() => stack.close());

const send = async (method: string, path: string, isForm: boolean) => {
  const form = formOf(token).toString();
  const lines = isForm
    ? ["Content-Type: application/x-www-form-urlencoded", `Content-Length: ${form.length}`]
    : [`Authorization: Bearer ${token}`];
  const text = requestText(`${method} ${path} HTTP/1.1`, "Host: a", "Connection: close", ...lines);
  const answer = await rawRequest(stack.url, isForm ? text + form : text);
  return { ...answer, hands: answer.body.includes("SecretAccessKey") };
};

test.each([
  ["/sts/../grant/hello", 400],
  ["/sts/%2e%2e/grant/hello", 400],
  ["/sts/.%2E/grant/hello", 400],
  ["/sts/..%2fgrant/hello", 400],
  ["/sts/..%5cgrant/hello", 400],
  ["/grant/../sts", 400],
  ["/grant/%2e%2e/sts/", 400],
  ["/sts//", 400],
  ["//sts/", 400],
  ["/sts/./hello", 400],
  ["/STS", 404],
  ["/Sts/hello", 404],
  ["/GRANT/hello", 404],
  ["/sts%2fhello", 404],
  ["/sts%00", 400],
  ["/sts;x=y/hello", 404],
  ["/sts%20/", 404],
  ["/sts.", 404],
  ["/grant%2fhello", 404],
  ["/grant;/hello", 404],
  ["/grant/hello/x", 404],
  ["/grant/HELLO", 404],
  ["/grant/hello%20", 404],
  ["/grant/hello%2f", 404],
  ["/sts/hello%2f", 404],
  ["/sts/HELLO", 404],
])("%s answers %i, with a good token in the header or in a form", async (path, status) => {
  const lines = stack.awsLines.length;
  for (const isForm of [true, false]) {
    const answer = await send("POST", path, isForm);
    // The sts door takes no JSON and no header: it says so before it looks for the route, or after.
    expect([status, 400]).toContain(answer.status);
    if (isForm) expect(answer.status).toBe(status);
    expect(answer.hands).toBe(false);
  }
  expect(stack.awsLines).toHaveLength(lines);
});

test.each([
  ["/sts", true],
  ["/sts/", true],
  ["/%73%74s/", true],
  ["/sts/hel%6co", true],
  ["/grant/hello", false],
  ["/grant/hello/", false],
  ["/gr%61nt/hello", false],
])("%s is the door itself, and asks for its own kind of token", async (path, isForm) => {
  expect(await send("POST", path, isForm)).toMatchObject({ status: 200, hands: true });
  const other = await send("POST", path, !isForm);
  expect(other.hands).toBe(false);
  expect([400, 401]).toContain(other.status);
});

test.each(["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"])(
  "%s opens neither by a form",
  async (method) => {
    for (const path of ["/sts/", "/grant/hello"]) expect((await send(method, path, true)).hands).toBe(false);
  },
);

test.each(["X-HTTP-Method-Override: POST", "X-Original-URL: /grant/hello", "X-Rewrite-URL: /sts/"])(
  "%s is nobody's order",
  async (line) => {
    const text = requestText(
      "GET /nothing HTTP/1.1",
      "Host: a",
      "Connection: close",
      line,
      `Authorization: Bearer ${token}`,
    );
    expect((await rawRequest(stack.url, text)).status).toBe(404);
  },
);
