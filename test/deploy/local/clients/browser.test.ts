// Function URLs called by a page in a real browser, which decides about CORS itself.
import { join } from "node:path";
import { type Chromium, type PageOrigin, servePage, startChromium } from "./browser.js";
import { testInBrowser } from "./browser-path.js";
import { type ClientTwin, startClientTwin } from "./client-twin.js";

jest.setTimeout(60_000);

let twin: ClientTwin;
let chromium: Chromium;
let allowed: PageOrigin;
let other: PageOrigin;
beforeAll(async () => {
  const script = join(__dirname, "page.ts");
  [allowed, other] = await Promise.all([servePage(script), servePage(script)]);
  const templateFile = join(__dirname, "browser-stack/template.yaml");
  twin = await startClientTwin(templateFile, { PageOrigin: allowed.origin });
  chromium = await startChromium();
});
afterAll(async () => {
  await chromium.close();
  await Promise.all([twin.close(), allowed.close(), other.close()]);
});

interface Seen {
  readonly result: unknown;
  /** What the browser wrote to its console: why it blocked an answer. */
  readonly console: string;
}

/** Calls one of the page's functions on a fresh page of that origin. */
async function onPage(from: PageOrigin, name: "call" | "readPieces", ...args: unknown[]): Promise<Seen> {
  const page = await chromium.browser.newPage();
  const lines: string[] = [];
  page.on("console", (message) => void lines.push(message.text()));
  try {
    await page.goto(`${from.origin}/`);
    const result = await page.evaluate(`${name}(${args.map((arg) => JSON.stringify(arg)).join(", ")})`);
    return { result, console: lines.join("\n") };
  } finally {
    await page.close();
  }
}

async function expectBlocked(from: PageOrigin, call: object, reason: string): Promise<void> {
  const seen = await onPage(from, "call", call);
  expect(seen.result).toEqual({ refused: "TypeError: Failed to fetch" });
  expect(seen.console).toContain(reason);
}

const keys = () => twin.caller;

testInBrowser(
  "a page of an allowed origin signs a call itself, passes the preflight and reads the answer",
  async () => {
    const call = { url: `${twin.url("tell")}reports?a=1`, method: "POST", body: '{"a":1}', keys: keys() };
    const { result } = await onPage(allowed, "call", call);
    const answer = result as { readonly body: string };
    // Of the two ids only the one is in ExposeHeaders.
    expect(answer).toMatchObject({ status: 200, requestId: true, traceId: false });
    expect(JSON.parse(answer.body)).toEqual({ method: "POST", body: '{"a":1}', origin: allowed.origin });
  },
);

testInBrowser("a page of another origin is stopped at the preflight", async () => {
  const call = { url: twin.url("tell"), method: "POST", body: "{}", keys: keys() };
  await expectBlocked(other, call, "Response to preflight request doesn't pass access control check");
});

testInBrowser("a method that the URL does not allow is stopped at the preflight", async () => {
  const call = { url: twin.url("tell"), method: "DELETE", keys: keys() };
  await expectBlocked(allowed, call, "has been blocked by CORS policy");
});

testInBrowser(
  "a function that sets its own CORS header behind a URL with Cors has two, and the browser takes neither",
  async () => {
    const call = { url: twin.url("doubled"), keys: keys() };
    await expectBlocked(allowed, call, "header contains multiple values");
  },
);

testInBrowser(
  "a page reads the first piece of a stream while the function still waits for the page",
  async () => {
    const gate = `${allowed.origin}/gate`;
    const call = { url: `${twin.url("flow")}?gate=${encodeURIComponent(gate)}`, keys: keys() };
    expect((await onPage(allowed, "readPieces", call, gate)).result).toEqual(["first", "second"]);
  },
);
