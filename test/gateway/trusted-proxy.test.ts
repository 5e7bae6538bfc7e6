// Where a call came from is believed as far as `listen.trustProxy` says, and only if it is an address.
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    adjust: (settings) => ({ ...settings, listen: { ...settings.listen, trustProxy: 1 } }),
  });
});
afterAll(() => stack.close());

const forwardedOf = async (address: string): Promise<string | undefined> => {
  const headers = { "x-forwarded-for": address, "x-forwarded-proto": "https" };
  const response = await stack.fetchAs("alice", "/echo/x", { headers });
  return ((await response.json()) as APIGatewayProxyEventV2).headers.forwarded;
};

test("the address that the one proxy in front wrote is the caller's", async () => {
  expect(await forwardedOf("6.6.6.6, 203.0.113.7")).toMatch(/^for=203\.0\.113\.7;proto=https;host=/);
  expect(await forwardedOf("2001:db8::1")).toMatch(/^for="\[2001:db8::1\]";proto=https;host=/);
  expect(stack.logLines().at(-1)).toMatchObject({ client: "2001:db8::1" });
});

test.each(["203.0.113.7;host=evil", '"', "_hidden"])("what is no address (%j) is unknown", async (text) => {
  expect(await forwardedOf(text)).toMatch(/^for=unknown;proto=https;host=/);
  expect(stack.logLines().at(-1)).toMatchObject({ client: "unknown" });
});

test("the host is what Host says: a load balancer passes on any X-Forwarded-Host of the client's", async () => {
  const headers = { "x-forwarded-host": "elsewhere.example", "x-forwarded-proto": "https" };
  const response = await stack.fetchAs("alice", "/echo/x", { headers });
  const event = (await response.json()) as APIGatewayProxyEventV2;
  const { host } = new URL(stack.url);
  expect(event.headers["x-forwarded-host"]).toBe(host);
  expect(event.headers.forwarded).toBe(`for=127.0.0.1;proto=https;host="${host}"`);
});
