// The client in a real browser, across origins, at both doors; and the React example mounted there.
import { join } from "node:path";
import { type Chromium, type PageOrigin, servePage, startChromium } from "../deploy/local/clients/browser.js";
import { testInBrowser } from "../deploy/local/clients/browser-path.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { bundle } from "../../deploy/local/demo/bundle.js";
import { clientFolder } from "./client-folder.js";

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

const scriptOf = (contents: string): Promise<string> =>
  bundle("", {
    entryPoints: [],
    stdin: {
      contents,
      loader: "tsx",
      resolveDir: clientFolder,
      sourcefile: join(clientFolder, "script.tsx"),
    },
    format: "iife",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
  });
const spoken = (...values: string[]): string => values.map((value) => JSON.stringify(value)).join(", ");

const sdk = `
import { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";
import { createClient } from "grantway/client";
globalThis.signedBySdk = async (gateway, token) => {
  const client = createClient({ gateway, route: "hello", token: () => token });
  const signed = [];
  // Lambda's own API, unlike a function URL, is not for pages of the local AWS: what would be sent is enough.
  const handle = async ({ headers }) => {
    signed.push(headers.authorization, headers["x-amz-security-token"]);
    throw new Error("not sent");
  };
  const lambda = new LambdaClient({
    region: "eu-west-1",
    credentials: client.credentials(),
    requestHandler: { handle },
    maxAttempts: 1,
  });
  await lambda.send(new InvokeCommand({ FunctionName: "f" })).catch(() => undefined);
  const { AccessKeyId, SessionToken } = await client.grant();
  return [signed[0].includes("Credential=" + AccessKeyId + "/"), signed[1] === SessionToken];
};`;

testInBrowser("AWS's SDK in a page signs with the client's credentials", async () => {
  const call = `signedBySdk(${spoken(stack.url, token)})`;
  expect(await onPage(call, await scriptOf(sdk))).toEqual([true, true]);
});

const mount = `
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { Grantway, Greeting } from "./examples/react.js";
globalThis.mount = (gateway, token, path) => {
  const root = createRoot(document.body.appendChild(document.createElement("main")));
  // The callback is written in place, and so is another one each time. Flushed, with its effects: then it has happened.
  const render = (user, token) => flushSync(() => root.render(
    <Grantway gateway={gateway} getToken={() => token} user={user}><Greeting path={path} /></Grantway>
  ));
  render("alice", token);
  return render;
};
/** What the component says once it has loaded. */
globalThis.said = (expected) => new Promise((resolve) => {
  const look = () => {
    const p = document.querySelector("main p:not([role=status])");
    const text = p && [p.tagName, p.getAttribute("role")].filter(Boolean).join(" ") + ": " + p.textContent;
    if (text?.includes(expected)) resolve(text);
    else requestAnimationFrame(look);
  };
  look();
});`;
testInBrowser.each([
  ["/hello", "P: hello world"],
  ["/nowhere", "P alert: 404 (request "],
])("the React example shows what %s answers", async (path, expected) => {
  const shown = `mount(${spoken(stack.url, token, path)}); said("")`;
  expect(await onPage(shown, await scriptOf(mount))).toEqual(expect.stringContaining(expected));
});

testInBrowser("the React example shows nothing of one user to the next", async () => {
  const bob = await stack.issuer.mint("bob");
  const shown = `(async () => {
    const render = mount(${spoken(stack.url, token, "/hello")});
    const first = await said("");
    render(${spoken("bob", bob)});
    return [first, await said("403")];
  })()`;
  expect(await onPage(shown, await scriptOf(mount))).toEqual([
    "P: hello world",
    expect.stringMatching(/^P alert: 403/),
  ]);
});

testInBrowser("the React example loads nothing again when what is around it renders again", async () => {
  const shown = `(async () => {
    const { fetch: send } = globalThis;
    let calls = 0;
    globalThis.fetch = (...sent) => {
      calls += 1;
      return send(...sent);
    };
    const render = mount(${spoken(stack.url, token, "/hello")});
    const first = await said("");
    render(${spoken("alice", token)});
    render(${spoken("alice", token)});
    return [first, await said(""), calls];
  })()`;
  expect(await onPage(shown, await scriptOf(mount))).toEqual(["P: hello world", "P: hello world", 1]);
});
