// The two doors from the page, across origins, and whose session the function saw.
import type { Page, Request } from "playwright-core";
import { testInBrowser } from "../../deploy/local/clients/browser-path.js";
import { usePages } from "./browser-pages.js";

const pages = usePages();

/** The page's own calls, preflights left out. */
async function callsWhile(page: Page, act: () => Promise<unknown>): Promise<Request[]> {
  const calls: Request[] = [];
  const listen = (request: Request): void => void calls.push(request);
  page.on("request", listen);
  await act();
  page.off("request", listen);
  return calls.filter((request) => request.method() !== "OPTIONS");
}

testInBrowser("through the gateway the page sends its token, and gets the function's answer", async () => {
  const { page, signIn, text } = await pages.open();
  await signIn("Alice");
  const calls = await callsWhile(page, async () => {
    await page.locator("#hello-proxy").click();
    expect(await text("hello-proxy-answer")).toMatch(
      /200 OK in [\d.]+ m?s[^]*request [0-9a-f-]{36}[^]*"hello world"/,
    );
  });
  expect(calls.map((call) => call.url())).toEqual([`${pages.stack().url}/hello`]);
  expect(await calls[0]?.headerValue("authorization")).toMatch(/^Bearer eyJ/);
});

testInBrowser(
  "signed here the call goes to the function URL itself, signed for alice's session, without her token",
  async () => {
    const { page, signIn, text } = await pages.open();
    await signIn("Alice");
    const calls = await callsWhile(page, async () => {
      await page.locator("#hello-grant").click();
      expect(await text("hello-grant-answer")).toMatch(/200 OK[^]*request [0-9a-f-]{36}[^]*"hello world"/);
    });
    const helloUrl = pages.stack().aws.functionUrls.get("grantway-hello") ?? "";
    expect(calls.map((call) => call.url())).toEqual([`${pages.stack().url}/grant/hello`, `${helloUrl}hello`]);
    const authorization = await calls[1]?.headerValue("authorization");
    expect(authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIA.{16}\/\d{8}\/eu-west-1\/lambda\/aws4_request/,
    );
    expect(JSON.stringify(await calls[1]?.allHeaders())).not.toContain("Bearer");
  },
);

testInBrowser.each([
  ["Alice", "acme"],
  ["Carol", "globex"],
] as const)(
  "%s's session is told by the grant, by the function and by AWS, and they agree",
  async (name, tenant) => {
    const { page, signIn, text } = await pages.open();
    await signIn(name);
    await page.locator("#session-grant").click();
    const user = name.toLowerCase();
    const given = await text("grant-facts");
    const accessKeyId = /ASIA[A-Z2-7]{16}/.exec(given)?.[0] ?? "none";
    expect(given).toMatch(/role\/grantway-analyst[^]*Ends\s+in (1 h|59 min)/);
    const seen = await text("seen-facts");
    expect(seen).toMatch(new RegExp(`Role\\s+grantway-analyst[^]*Session name\\s+local\\.${user}`));
    expect(seen).toContain(accessKeyId);
    const record = await text("record-facts");
    expect(record).toMatch(new RegExp(`Source identity\\s+local\\.${user}\\s+Tag tenant\\s+${tenant}`));
    const left = await page.locator("#record-facts time").innerText();
    await page.locator("#record-facts time", { hasNotText: left }).waitFor();
  },
);

testInBrowser(
  "through the gateway the page never has the credentials, and the function sees the same person",
  async () => {
    const { page, signIn, text } = await pages.open();
    await signIn("Alice");
    const calls = await callsWhile(page, async () => {
      await page.locator("#session-proxy").click();
      expect(await text("grant-facts")).toContain("they stay with the gateway");
    });
    expect(calls.map((call) => new URL(call.url()).pathname.replace(/ASIA.*/, ""))).toEqual([
      "/echo/session",
      "/demo/sessions/",
    ]);
    expect(await text("seen-facts")).toContain("local.alice");
    expect(await text("record-facts")).toMatch(/Tag tenant\s+acme/);
  },
);

testInBrowser(
  "an answer through the gateway names the page's origin once, though the function URL names it, too",
  async () => {
    const stack = pages.stack();
    const { page: demo, aws } = stack;
    const headers = { origin: demo.origin };
    const relayed = await stack.fetchAs("alice", "/echo/x", { headers });
    expect(relayed.headers.get("access-control-allow-origin")).toBe(demo.origin);
    expect(relayed.headers.get("access-control-allow-credentials")).toBeNull();
    const preflight = await fetch(aws.functionUrls.get("grantway-echo") ?? "", {
      method: "OPTIONS",
      headers: {
        ...headers,
        "access-control-request-method": "GET",
        "access-control-request-headers": "x-amz-date",
      },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBe(demo.origin);
  },
);
