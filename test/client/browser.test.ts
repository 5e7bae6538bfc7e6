// The client in a real browser, across origins, at both doors; and the React example mounted there.
import { join } from "node:path";
import { type Chromium, type PageOrigin, servePage, startChromium } from "../deploy/local/clients/browser.js";
import { testInBrowser } from "../deploy/local/clients/browser-path.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { bundle, clientFolder } from "./bundle.js";

let stack: Stack;
let chromium: Chromium;
let origin: PageOrigin;
let token: string;
beforeAll(async () => {
  origin = await servePage(join(__dirname, "page.ts"));
  stack = await startStack({ pageOrigin: origin.origin });
  token = await stack.issuer.mint("alice");
  chromium = await startChromium();
});
afterAll(async () => {
  await chromium.close();
  await Promise.all([stack.close(), origin.close()]);
});

async function onPage(expression: string, script?: string): Promise<unknown> {
  const page = await chromium.browser.newPage();
  try {
    await page.goto(`${origin.origin}/`);
    if (script !== undefined) await page.addScriptTag({ content: script });
    return await page.evaluate(expression);
  } finally {
    await page.close();
  }
}

const call = (more: object, name = "call"): Promise<unknown> =>
  onPage(`${name}(${JSON.stringify({ gateway: stack.url, token, ...more })})`);

const doors = ["proxy", "grant"] as const;
testInBrowser.each(doors)("a page of another origin calls by the %s door", async (door) => {
  const input = { door, route: "echo", path: "/echo/(a)%2Fé?q='two words'", method: "POST", body: "naïve" };
  const { status, body } = (await call(input)) as { status: number; body: string };
  const event = JSON.parse(body) as Record<string, unknown>;
  expect([status, event.rawPath]).toEqual([200, "/echo/(a)%2F%C3%A9"]);
  expect(event.rawQueryString).toBe("q=%27two%20words%27");
});

testInBrowser.each(doors)("a page leaves a stream of the %s door in the middle", async (door) => {
  expect(await call({ door, route: "long", path: "/long?seconds=30" }, "leave")).toBe(
    "false, then AbortError",
  );
});

testInBrowser(
  "a page whose clock is hours off signs with AWS's time, which the grant answer shows it",
  async () => {
    for (const offMs of [-2 * 3_600_000, 2 * 3_600_000])
      expect(await call({ door: "grant", route: "hello", path: "/hello", offMs })).toMatchObject({
        status: 200,
      });
  },
);

testInBrowser("a page reads why a grant was refused", async () => {
  const bob = await stack.issuer.mint("bob");
  expect(await call({ token: bob, door: "grant", route: "hello", path: "/hello" })).toEqual({
    code: "role_not_granted",
    status: 403,
    requestId: "string",
  });
});

const mount = `
import { createRoot } from "react-dom/client";
import { Grantway, Greeting } from "./examples/react.js";
globalThis.mount = (gateway, token, path) => {
  const root = createRoot(document.body.appendChild(document.createElement("main")));
  const getToken = () => token;
  root.render(<Grantway gateway={gateway} getToken={getToken} user="alice"><Greeting path={path} /></Grantway>);
};`;

testInBrowser.each([
  ["/hello", "P: hello world"],
  ["/nowhere", "P alert: 404 (request "],
])("the React example shows what %s answers", async (path, expected) => {
  const script = await bundle("", {
    entryPoints: [],
    stdin: {
      contents: mount,
      loader: "tsx",
      resolveDir: clientFolder,
      sourcefile: join(clientFolder, "mount.tsx"),
    },
    format: "iife",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const shown = `mount(${JSON.stringify(stack.url)}, ${JSON.stringify(token)}, ${JSON.stringify(path)});
    new Promise((resolve) => {
      const look = () => {
        const p = document.querySelector("main p:not([role=status])");
        if (p) resolve([p.tagName, p.getAttribute("role")].filter(Boolean).join(" ") + ": " + p.textContent);
        else requestAnimationFrame(look);
      };
      look();
    })`;
  expect(await onPage(shown, script)).toEqual(expect.stringContaining(expected));
});
