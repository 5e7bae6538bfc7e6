// The page's own server on a real socket, with the page as it is built.
import { startDemoPage, type DemoPage } from "../../../../deploy/local/demo/demo-page.js";

const url = "http://127.0.0.1:9/";
const settings = {
  issuer: "http://127.0.0.1:9",
  gateway: "http://127.0.0.1:9",
  functionUrls: { hello: url, long: url, echo: url },
  recordedSession: () => undefined,
};
let page: DemoPage;
beforeAll(async () => {
  page = await startDemoPage({ port: 0 });
});
afterAll(() => page.close());

test("it listens before it has anything to show, and shows the page from then on", async () => {
  expect((await fetch(page.url)).status).toBe(503);
  page.show(settings);
  const answer = await fetch(page.url);
  expect(answer.status).toBe(200);
  const html = await answer.text();
  expect(html).toContain("<h1>Grantway</h1>");
  // What the policy would stop.
  expect(html).not.toMatch(
    /<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:|https?:\/\/(?!www\.w3\.org)/,
  );
  for (const [path, type] of [
    ["page.js", "text/javascript"],
    ["style.css", "text/css"],
    ["settings.json", "application/json"],
  ]) {
    const file = await fetch(`${page.url}${path}`);
    expect(file.headers.get("content-type")).toContain(type);
    expect((await file.text()).length).toBeGreaterThan(50);
  }
});

test("HEAD has the length and no body", async () => {
  page.show(settings);
  const [head, get] = await Promise.all([fetch(page.url, { method: "HEAD" }), fetch(page.url)]);
  expect(head.headers.get("content-length")).toBe(String(Buffer.byteLength(await get.text())));
  expect(await head.text()).toBe("");
});

test("a port that is taken is Node's own error", async () => {
  await expect(startDemoPage({ port: page.port })).rejects.toMatchObject({
    code: "EADDRINUSE",
    port: page.port,
  });
});
