import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { createBodyBudget, HttpRequestBody } from "../../server/adapters/request-body.js";
import { accepted, refused } from "../fixtures/outcome.js";

const server = createServer();
const sockets: Socket[] = [];

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

/** What the server has when the head and `text` were sent; `client` may send more. */
async function arrived(fields: string, text = "", budget = createBodyBudget(1000), arrivalMs?: number) {
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  sockets.push(client);
  const event = fields.includes("expect") ? "checkContinue" : "request";
  const arrival = once(server, event) as Promise<
    [IncomingMessage, ConstructorParameters<typeof HttpRequestBody>[1]]
  >;
  client.write(`POST / HTTP/1.1\r\nhost: x\r\n${fields}\r\n\r\n${text}`);
  const [request, response] = await arrival;
  return { client, request, budget, body: new HttpRequestBody(request, response, budget, arrivalMs) };
}

const gone = { reason: "client_gone" };
const tooLarge = { reason: "body_too_large", limitBytes: 4 };

describe("a request body", () => {
  test.each([
    ["by its length", "content-length: 4", "a\u0000bc"],
    ["in chunks", "transfer-encoding: chunked", "2\r\na\u0000\r\n2\r\nbc\r\n0\r\n\r\n"],
  ])("is read to its end %s, up to the limit", async (_, fields, text) => {
    const { body } = await arrived(fields, text);
    expect(accepted(await body.read(4)).toString()).toBe("a\u0000bc");
  });

  test("is empty where there is none", async () => {
    expect(accepted(await (await arrived("content-length: 0")).body.read(4))).toHaveLength(0);
    expect(accepted(await (await arrived("x-a: 1")).body.read(4))).toHaveLength(0);
  });

  test("what is held beside it counts with it, and is given back with it", async () => {
    const { body, budget } = await arrived("content-length: 4", "abcd");
    accepted(await body.read(4));
    expect(refused(body.hold(997))).toMatchObject({ reason: "overloaded" });
    accepted(body.hold(996));
    expect(budget.take(1)).toBe(false);
    body.release();
    expect(budget.take(1000)).toBe(true);
  });

  test("holds nothing more once its call is over", async () => {
    const { body, budget } = await arrived("content-length: 0");
    body.release();
    expect(refused(body.hold(1))).toEqual(gone);
    expect(budget.take(1000)).toBe(true);
  });

  test("is refused by its length before a byte of it came", async () => {
    expect(refused(await (await arrived("content-length: 5")).body.read(4))).toEqual(tooLarge);
  });

  test("is refused at the first byte over the limit, while it is still coming", async () => {
    const { body } = await arrived("transfer-encoding: chunked", "5\r\nabcde\r\n");
    expect(refused(await body.read(4))).toEqual(tooLarge);
    expect(body.leftOver).toBe("coming");
  });

  test("is read no further once its call is over, and gives its room back", async () => {
    const { body, budget } = await arrived("content-length: 1000", "abc");
    const reading = body.read(1000);
    expect(budget.take(1)).toBe(false);
    body.release();
    expect(refused(await reading)).toEqual(gone);
    expect(budget.take(1000)).toBe(true);
  });

  test("is asked for only when it is read (RFC 9110 10.1.1)", async () => {
    const { client, body } = await arrived("content-length: 2\r\nexpect: 100-continue");
    expect(body.leftOver).toBe("unsent");
    const reading = body.read(4);
    const [bytes] = (await once(client, "data")) as [Buffer];
    expect(bytes.toString()).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    client.write("ok");
    expect(accepted(await reading).toString()).toBe("ok");
  });
});

test("a body that dribbles is given up in time", async () => {
  const { body } = await arrived("content-length: 4", "ab", createBodyBudget(4), 50);
  expect(refused(await body.read(4))).toEqual({ reason: "request_timeout" });
});

describe("what all bodies hold together", () => {
  test("is bounded, and given back when a call is over", async () => {
    const budget = createBodyBudget(5);
    const first = await arrived("content-length: 4", "abcd", budget);
    await first.body.read(10);
    const second = await arrived("content-length: 2", "ab", budget);
    expect(refused(await second.body.read(10)).reason).toBe("overloaded");
    first.body.release();
    first.body.release();
    expect(accepted(await second.body.read(10)).toString()).toBe("ab");
    expect(budget.take(4)).toBe(false);
    expect(budget.take(3)).toBe(true);
  });

  test("counts what comes in chunks as it comes", async () => {
    const { body } = await arrived(
      "transfer-encoding: chunked",
      "3\r\nabc\r\n3\r\ndef\r\n",
      createBodyBudget(5),
    );
    expect(refused(await body.read(10)).reason).toBe("overloaded");
  });
});

describe("a caller who goes away", () => {
  test("while the body is read ends the reading", async () => {
    const { client, body } = await arrived("content-length: 4", "ab");
    const reading = body.read(4);
    client.destroy();
    expect(refused(await reading)).toEqual(gone);
  });

  test("before the body is read takes no share of what all bodies may hold, and nobody waits for him", async () => {
    const { client, request, body, budget } = await arrived("content-length: 4", "ab", createBodyBudget(4));
    client.destroy();
    await new Promise((resolve) => request.once("close", resolve));
    expect(refused(await body.read(4))).toEqual(gone);
    expect(budget.take(4)).toBe(true);
  });
});
