// Header fields at the edge of what HTTP allows, in and out: bytes that are legal pass as they are, and what is not is
// refused for what it is, the caller's fault (400) or the function's (502), and never a bug of ours.
import { openSocket, readToEnd, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { startTcpServer, type TcpServer } from "../fixtures/tcp-server.js";
import { routedTo } from "../fixtures/upstream-server.js";

let stack: Stack;
let upstream: TcpServer;
let bearer: string;
/** The head of the last relayed request, latin1. */
let relayed: string;
/** The answer's head and body, latin1. */
let answer: string;

beforeAll(async () => {
  upstream = await startTcpServer((socket, text) => {
    relayed = text;
    socket.end(Buffer.from(answer, "latin1"));
  });
  stack = await startStack({ adjust: routedTo(upstream.origin) });
  bearer = `Authorization: Bearer ${await stack.issuer.mint("alice")}`;
});
beforeEach(() => {
  relayed = "";
  answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
});
afterAll(async () => {
  await stack.close();
  await upstream.close();
});

/** Sends these lines as bytes (latin1), and reads the answer as such. */
async function call(...lines: readonly string[]) {
  const socket = await openSocket(stack.url);
  const text = requestText("GET /hello HTTP/1.1", "Host: a", bearer, ...lines, "Connection: close");
  socket.write(Buffer.from(text, "latin1"));
  return readToEnd(socket);
}

const fifteenKilobytes = "v".repeat(15_000);
const obsText = Array.from({ length: 128 }, (_, at) => String.fromCharCode(128 + at)).join("");
const visible = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))
  .join("")
  .trim();

/** RFC 9110 5.5: field-vchar, obs-text, and blanks between them. */
const legal: readonly (readonly [string, string])[] = [
  ["every visible character", visible],
  ["every byte above ASCII", obsText],
  ["UTF-8", Buffer.from("gr\u00fc\u00df あ").toString("latin1")],
  ["a tab and spaces within", "a\t b  c"],
  ["nothing", ""],
  ["15,000 characters", fifteenKilobytes],
];

const illegal: readonly (readonly [string, string])[] = [
  ["a delete character", "a\u007fb"],
  ["a null", "a\u0000b"],
  ["an escape character", "a\u001bb"],
  ["a vertical tab", "a\u000bb"],
];

describe("from the caller", () => {
  test.each(legal)("a value of %s gets to the function as it is", async (_what, value) => {
    expect((await call(`X-Value: ${value}`)).status).toBe(200);
    expect(relayed).toContain(`\r\nX-Value: ${value}\r\n`);
  });

  test.each(illegal)("a value with %s is refused with 400 and gets nowhere", async (_what, value) => {
    const refused = await call(`X-Value: ${value}`);
    expect(refused.status).toBe(400);
    expect(refused.body).toContain("urn:grantway:problem:request_malformed");
    expect(relayed).toBe("");
  });

  test("a name of every legal character gets to the function as it is", async () => {
    expect((await call("X!#$%&'*+-.^`|~09aZ: 1")).status).toBe(200);
    expect(relayed).toContain("\r\nX!#$%&'*+-.^`|~09aZ: 1\r\n");
  });

  test.each(["X(a): 1", "X\u00e9: 1", "X a: 1", ": 1", "X\u007f: 1"])(
    "a field %j is refused with 400",
    async (line) => {
      expect((await call(line)).status).toBe(400);
      expect(relayed).toBe("");
    },
  );

  test("300 fields, and 300 of one name, all get to the function, in order", async () => {
    const fields = Array.from({ length: 300 }, (_, at) => `X-${at}: ${at}`);
    const repeats = Array.from({ length: 300 }, (_, at) => `X-Repeat: ${at}`);
    expect((await call(...fields, ...repeats)).status).toBe(200);
    expect(relayed).toContain(`\r\n${[...fields, ...repeats].join("\r\n")}\r\n`);
  });
});

describe("from the function", () => {
  test.each(legal)("a value of %s gets to the caller as it is", async (_what, value) => {
    answer = `HTTP/1.1 200 OK\r\nX-Value: ${value}\r\ncontent-length: 2\r\n\r\nok`;
    const { status, head, body } = await call();
    expect([status, body]).toEqual([200, "ok"]);
    expect(head).toContain(`\r\nX-Value: ${value}\r\n`);
  });

  test.each(illegal)("a value with %s is a 502", async (_what, value) => {
    answer = `HTTP/1.1 200 OK\r\nX-Value: ${value}\r\ncontent-length: 2\r\n\r\nok`;
    const { status, body } = await call();
    expect(status).toBe(502);
    expect(body).toContain("urn:grantway:problem:upstream_unreachable");
  });

  test.each(["X(a): 1", "X\u00e9: 1", ": 1"])("a field %j is a 502", async (line) => {
    answer = `HTTP/1.1 200 OK\r\n${line}\r\ncontent-length: 2\r\n\r\nok`;
    expect((await call()).status).toBe(502);
  });

  test("a name of every legal character, and 300 fields, get to the caller", async () => {
    const fields = Array.from({ length: 300 }, (_, at) => `X-${at}: ${at}`).join("\r\n");
    answer = `HTTP/1.1 200 OK\r\nX!#$%&'*+-.^\`|~: 1\r\n${fields}\r\ncontent-length: 0\r\n\r\n`;
    const { head } = await call();
    expect(head).toContain("\r\nX!#$%&'*+-.^`|~: 1\r\n");
    expect(head).toContain(`\r\n${fields}\r\n`);
  });
});
