// A Hono app behind a URL with RESPONSE_STREAM, served as it stands.
import { startStrangerTwin, type StrangerTwin } from "./stranger-twin.js";

let twin: StrangerTwin;
beforeAll(async () => {
  twin = await startStrangerTwin("ticker");
}, 30_000);
afterAll(() => twin.close());

const call = (path: string, init?: RequestInit): Promise<Response> =>
  twin.signer.fetch(new URL(path, twin.url("ticker")).href, init);

test("its streamed text arrives line by line and whole", async () => {
  const answer = await call("/ticks/100");
  expect([answer.status, answer.headers.get("content-type")]).toEqual([
    200,
    expect.stringMatching(/^text\/plain/),
  ]);
  expect((await answer.text()).trimEnd().split("\n")).toEqual(
    Array.from({ length: 100 }, (_none, at) => `tick ${at + 1}`),
  );
});

test("its JSON answer keeps status, cookie and query", async () => {
  const answer = await call("/orders?to=north%20end", { method: "POST", body: '{"item":"tea"}' });
  expect([answer.status, await answer.json()]).toEqual([201, { ordered: "tea", to: "north end" }]);
  expect(answer.headers.get("set-cookie")).toBe("basket=tea; Path=/");
});

test("its bytes are not changed on the way", async () => {
  const answer = await call("/pixel");
  expect(answer.headers.get("content-type")).toBe("image/png");
  expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([137, 80, 78, 71]);
});

test("Hono's own 404 reaches the caller, and an unsigned call does not reach Hono", async () => {
  const missing = await call("/nowhere");
  expect([missing.status, await missing.text()]).toEqual([404, "404 Not Found"]);
  const unsigned = await fetch(twin.url("ticker"));
  expect([unsigned.status, unsigned.headers.get("x-amzn-errortype")]).toEqual([403, "AccessDeniedException"]);
});
