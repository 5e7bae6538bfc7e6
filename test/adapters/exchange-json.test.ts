// One exchange of the command line with a provider or a gateway: what is sent, what comes of an answer, and its bounds.
import { text } from "node:stream/consumers";
import { createExchangeJson, type JsonExchange } from "../../server/adapters/exchange-json.js";
import { startIssuer, type IssuerServer } from "../fixtures/issuer-server.js";
import { startTlsFront } from "../fixtures/tls-front.js";

let server: IssuerServer;
let bounded: JsonExchange;
let hasty: JsonExchange;
beforeEach(async () => {
  server = await startIssuer();
  bounded = createExchangeJson({ maxBytes: 1_000 });
  hasty = createExchangeJson({ deadlineMs: 100 });
});
afterEach(async () => {
  await Promise.all([bounded.close(), hasty.close()]);
  await server.close();
});

const answered = async (path = "/x", { exchange } = bounded) => {
  const exchanged = await exchange({ url: `${server.url}${path}`, method: "GET" });
  return exchanged.ok ? exchanged.value : exchanged.denial.replace(server.url, "");
};

it("sends a form as one, and gives back the status with the document", async () => {
  let sent = Promise.resolve("");
  server.answers.set("/x", (response) => {
    sent = text(response.req).then((body) => `${response.req.headers["content-type"] ?? ""} ${body}`);
    response.writeHead(400).end('{"error":"slow_down"}');
  });
  const form = { grant_type: "a b", refresh_token: "x&y=z" };
  const exchanged = await bounded.exchange({ url: `${server.url}/x`, method: "POST", form });
  expect(exchanged).toEqual({ ok: true, value: { status: 400, body: { error: "slow_down" } } });
  expect(await sent).toBe("application/x-www-form-urlencoded grant_type=a+b&refresh_token=x%26y%3Dz");
});

it.each([["<html>"], [""], ["{}{}"]])("has no document where the answer is %j", async (body) => {
  server.answers.set("/x", (response) => response.end(body));
  expect(await answered()).toEqual({ status: 200, body: undefined });
});

it.each([301, 302, 303, 307, 308])("does not follow a redirect with %i", async (status) => {
  server.answers.set("/x", (response) => response.writeHead(status, { location: "/elsewhere" }).end());
  server.answers.set("/elsewhere", (response) => response.end("{}"));
  expect(await answered()).toEqual({ status, body: undefined });
});

it("takes as many bytes as it may and no more", async () => {
  server.answers.set("/just", (response) => response.end(`"${"x".repeat(998)}"`));
  server.answers.set("/over", (response) => response.end(`"${"x".repeat(999)}"`));
  expect(await answered("/just")).toMatchObject({ status: 200, body: "x".repeat(998) });
  expect(await answered("/over")).toBe("/over answered more than 1000 bytes");
});

it.each<[string, string]>([
  ["says nothing", ""],
  ["stops in the middle", '{"a":'],
])("gives up on a server that %s", async (_what, begun) => {
  server.answers.set("/x", (response) => {
    if (begun !== "") response.write(begun);
  });
  expect(await answered("/x", hasty)).toBe("/x gave no answer within 100 ms");
});

it("gives up on a server that never stops saying a little", async () => {
  let drip: NodeJS.Timeout | undefined;
  server.answers.set("/x", (response) => {
    drip = setInterval(() => response.write(" "), 20);
  });
  expect(await answered("/x", hasty)).toBe("/x gave no answer within 100 ms");
  clearInterval(drip);
});

it("says that nobody listens", async () => {
  const { url } = server;
  await server.close();
  const exchanged = await bounded.exchange({ url, method: "GET" });
  expect(exchanged).toEqual({ ok: false, denial: `${url} failed: ECONNREFUSED` });
});

it("says how to trust a certificate of one's own", async () => {
  const front = await startTlsFront(server.url);
  const exchanged = await bounded.exchange({ url: front.url, method: "GET" });
  await front.close();
  expect(exchanged).toEqual({
    ok: false,
    denial: `${front.url} failed: DEPTH_ZERO_SELF_SIGNED_CERT (for a CA of your own: NODE_EXTRA_CA_CERTS=FILE)`,
  });
});

it("sends nothing through a proxy that the environment names", async () => {
  const before = process.env;
  process.env = { ...before, HTTP_PROXY: "http://127.0.0.1:1", http_proxy: "http://127.0.0.1:1" };
  const exchanged = await bounded.exchange({ url: server.url, method: "GET" });
  process.env = before;
  expect(exchanged).toMatchObject({ value: { status: 404 } });
});
