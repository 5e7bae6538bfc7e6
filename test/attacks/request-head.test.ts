// Heads that node:http would answer alone, or would read otherwise than a server behind us might: each is a request
// like any other, with an id, a line in the log and a problem that says why.
import { openSocket, rawRequest, readUntil, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
let bearer: string;
beforeAll(async () => {
  stack = await startStack();
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
afterAll(() => stack.close());

const chunkedBody = "2\r\nok\r\n0\r\n\r\n";

test.each([
  ["no Host", 400, "target_invalid", requestText("GET /hello HTTP/1.1", "Connection: close")],
  ["CONNECT", 400, "target_invalid", requestText("CONNECT user:hunter2@b:443 HTTP/1.1", "Host: b:443")],
  ["OPTIONS *", 400, "target_invalid", requestText("OPTIONS * HTTP/1.1", "Host: a", "Connection: close")],
  [
    "an absolute form",
    400,
    "target_invalid",
    requestText("GET http://a/hello HTTP/1.1", "Host: a", "Connection: close"),
  ],
  [
    "an authority form",
    400,
    "target_invalid",
    requestText("GET a:80 HTTP/1.1", "Host: a", "Connection: close"),
  ],
  [
    "a coding before chunked",
    400,
    "request_malformed",
    requestText("POST /echo/x HTTP/1.1", "Host: a", "Transfer-Encoding: gzip, chunked") + chunkedBody,
  ],
  [
    "chunks in HTTP/1.0",
    400,
    "request_malformed",
    requestText("POST /echo/x HTTP/1.0", "Host: a", "Transfer-Encoding: chunked") + chunkedBody,
  ],
  [
    "an expectation nobody knows",
    417,
    "expectation_unknown",
    requestText("POST /echo/x HTTP/1.1", "Host: a", "Expect: magic", "Content-Length: 2"),
  ],
  [
    "an expectation beside 100-continue",
    417,
    "expectation_unknown",
    requestText("POST /echo/x HTTP/1.1", "Host: a", "Expect: 100-continue, magic", "Content-Length: 2"),
  ],
  ["an HTTP/2 preface", 400, "request_malformed", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  [
    "a folded field",
    400,
    "request_malformed",
    requestText("GET /hello HTTP/1.1", "Host: a", "X-A: 1", "  Transfer-Encoding: chunked"),
  ],
  [
    "a space before the colon",
    400,
    "request_malformed",
    requestText("POST / HTTP/1.1", "Host: a", "X-Length : 5", "Connection: close"),
  ],
  ["bare line feeds", 400, "request_malformed", "GET /hello HTTP/1.1\nHost: a\n\n"],
  [
    "a bare carriage return",
    400,
    "request_malformed",
    requestText("GET / HTTP/1.1", "Host: a", "X: a\rContent-Length: 5"),
  ],
  [
    "a signed length",
    400,
    "request_malformed",
    requestText("POST / HTTP/1.1", "Host: a", "Content-Length: +2"),
  ],
])("%s is refused with %d", async (_what, status, code, text) => {
  const before = stack.logLines().length;
  const answer = await rawRequest(stack.url, text);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body)).toMatchObject({ type: `urn:grantway:problem:${code}`, status });
  const requestId = /^x-request-id: (\S+)/im.exec(answer.head)?.[1];
  expect(stack.logLines().slice(before)).toEqual([
    expect.objectContaining({ message: "request", requestId, client: "127.0.0.1", status, reason: code }),
  ]);
});

test("an HTTP/1.0 client is asked for nothing: its expectation does not count", async () => {
  const head = requestText("POST /echo/x HTTP/1.0", bearer, "Expect: 100-continue", "Content-Length: 2");
  const answer = await rawRequest(stack.url, `${head}ok`);
  expect(answer.status).toBe(200);
});

test("an expectation in another case is met", async () => {
  const socket = await openSocket(stack.url);
  const fields = ["Host: a", bearer, "Expect: 100-CONTINUE", "Content-Length: 2"];
  socket.write(requestText("POST /echo/x HTTP/1.1", ...fields));
  expect(await readUntil(socket, "\r\n\r\n")).toContain("HTTP/1.1 100 Continue");
  socket.destroy();
});

describe("an upgrade", () => {
  const upgrading = (version: string, upgrade: string) =>
    requestText(
      `GET /echo/x HTTP/${version}`,
      "Host: a",
      bearer,
      "Connection: close, Upgrade",
      `Upgrade: ${upgrade}`,
    );

  test.each(["websocket", "WebSocket", "h2c, websocket", "websocket/13", "foo,websocket ,bar"])(
    "to %s is refused before a function is called, with a problem that says why",
    async (upgrade) => {
      const answer = await rawRequest(stack.url, upgrading("1.1", upgrade));
      expect(answer.status).toBe(501);
      expect(answer.body).toContain("urn:grantway:problem:upgrade_refused");
      expect(stack.logLines().at(-1)).toMatchObject({ status: 501, reason: "upgrade_refused" });
    },
  );

  test("to WebSocket is refused where a proxy in front has dropped its Connection, too", async () => {
    const fields = ["Host: a", bearer, "Upgrade: websocket", "Connection: close"];
    expect((await rawRequest(stack.url, requestText("GET /echo/x HTTP/1.1", ...fields))).status).toBe(501);
  });

  test.each(["h2c", "TLS/1.0, HTTP/2.0", "websocket2", "not-websocket"])(
    "to %s is passed over, and the call goes its way without it",
    async (upgrade) => {
      const answer = await rawRequest(stack.url, upgrading("1.1", upgrade));
      expect(answer.status).toBe(200);
      expect(answer.body).not.toContain('"upgrade"');
    },
  );

  test("of an HTTP/1.0 client counts for nothing", async () => {
    expect((await rawRequest(stack.url, upgrading("1.0", "websocket"))).status).toBe(200);
  });
});

test("no line of the log holds a token, a password of a target, or a query", async () => {
  const token = bearer.slice("Authorization: Bearer ".length);
  for (const target of [
    "http://user:hunter2@h/hello?secret-query=1",
    "/hello?secret-query=1",
    "/echo/#secret-query",
  ])
    await rawRequest(
      stack.url,
      requestText(`GET ${target} HTTP/1.1`, "Host: a", bearer, "Connection: close"),
    );
  const lines = JSON.stringify(stack.logLines());
  for (const secret of [token, token.split(".")[2] ?? "", "hunter2", "secret-query"])
    expect(lines).not.toContain(secret);
});

test("a long path is cut short in the log", async () => {
  await rawRequest(
    stack.url,
    requestText(`GET /${"a".repeat(20_000)} HTTP/1.1`, "Host: a", "Connection: close"),
  );
  expect(String(stack.logLines().at(-1)?.path)).toHaveLength(1024);
});
