// The page in a real browser, for the tests beside this file. After each test nothing may have been said in the console
// and no policy violated but what the test has named.
import { join } from "node:path";
import { build } from "esbuild";
import type { BrowserContextOptions, Page } from "playwright-core";
import { type Chromium, startChromium } from "../../deploy/local/clients/browser.js";
import { browserPath } from "../../deploy/local/clients/browser-path.js";
import { type DemoStack, startDemoStack } from "./demo-stack.js";

export interface OpenedPage {
  readonly page: Page;
  /** What a browser says of an answer that is no success, and the like. */
  readonly expectErrors: (pattern: RegExp) => void;
  readonly signIn: (name: "Alice" | "Bob" | "Carol") => Promise<void>;
  /** Once it has something in it. */
  readonly text: (id: string) => Promise<string>;
  /** One of in-page/in-page.ts, called or read there. */
  readonly inPage: <T>(expression: string) => Promise<T>;
}

interface Watched extends OpenedPage {
  readonly faults: string[];
  readonly expected: RegExp[];
}

export interface BrowserPages {
  readonly stack: () => DemoStack;
  open(options?: BrowserContextOptions & { readonly url?: string }): Promise<OpenedPage>;
}

export function usePages(options: Parameters<typeof startDemoStack>[0] = {}): BrowserPages {
  let stack: DemoStack;
  let chromium: Chromium;
  const opened: Watched[] = [];
  if (browserPath !== undefined) {
    beforeAll(async () => {
      [stack, chromium] = await Promise.all([startDemoStack(options), startChromium()]);
    });
    afterAll(async () => {
      await chromium.close();
      await stack.close();
    });
    afterEach(async () => {
      for (const { page, faults, expected } of opened.splice(0)) {
        await page.context().close();
        expect(faults.filter((fault) => !expected.some((pattern) => pattern.test(fault)))).toEqual([]);
      }
    });
  }
  return {
    stack: () => stack,
    async open({ url = stack.page.url, ...context } = {}) {
      const watched = await watch(await (await chromium.browser.newContext(context)).newPage());
      opened.push(watched);
      await watched.page.goto(url);
      await watched.page.locator("#signed-in, #signed-out").locator("visible=true").first().waitFor();
      return watched;
    },
  };
}

const inPageScript = build({
  entryPoints: [join(__dirname, "in-page/in-page.ts")],
  ...{ bundle: true, write: false, format: "iife", platform: "browser", target: "es2022" },
}).then(({ outputFiles }) => outputFiles[0]?.text ?? "");

async function watch(page: Page): Promise<Watched> {
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  const expected: RegExp[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.exposeFunction("tellViolation", (text: string) => faults.push(`policy: ${text}`));
  await page.addInitScript({ content: await inPageScript });
  return {
    ...{ page, faults, expected },
    expectErrors: (pattern) => void expected.push(pattern),
    inPage: (expression) => page.evaluate(`inPage.${expression}`),
    async signIn(name) {
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByRole("button", { name: `${name} Example` }).click();
      await page.getByText(`${name} Example (`).waitFor();
    },
    async text(id) {
      const place = page.locator(`#${id} > *`).first();
      await place.waitFor();
      return page.locator(`#${id}`).innerText();
    },
  };
}
