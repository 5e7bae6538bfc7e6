// The page for everybody: by keyboard alone, read out, in both colour schemes, on a narrow screen (WCAG 2.2 AA, as far as
// a machine can tell).
import { testInBrowser } from "../../deploy/local/clients/browser-path.js";
import { type OpenedPage, usePages } from "./browser-pages.js";

const pages = usePages();

/** Presses Tab until the focus is on what begins so. */
async function tabTo({ page, inPage }: OpenedPage, name: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await inPage<string>("focused()")).startsWith(name)) return;
  }
  throw new Error(`${name} is not reached by Tab`);
}

testInBrowser("alice signs in, calls and signs out with the keyboard alone", async () => {
  const opened = await pages.open();
  const { page, text, inPage } = opened;
  await tabTo(opened, "Sign in");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Who are you?" }).waitFor();
  await tabTo(opened, "Alice Example");
  await page.keyboard.press("Enter");
  await page.getByText("Alice Example (alice)").waitFor();
  await tabTo(opened, "Call hello, signed here");
  expect(await inPage("outline()")).toBe("solid");
  await page.keyboard.press("Space");
  expect(await text("hello-grant-answer")).toContain("200 OK");
  await page.getByRole("status").filter({ hasText: "200 OK" }).waitFor();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  expect(await text("hello-proxy-answer")).toContain("200 OK");
});

testInBrowser(
  "everything that can be used has a name, every heading its place, and no id stands twice",
  async () => {
    const { page, signIn, inPage } = await pages.open();
    await signIn("Alice");
    await page.locator("#hello-proxy").click();
    await page.locator("#hello-proxy-answer pre").waitFor();
    const { controls, ...found } = await inPage<{ readonly controls: number }>("structure()");
    expect(controls).toBeGreaterThan(15);
    expect(found).toEqual({
      language: "en",
      nameless: 0,
      jumps: 0,
      tops: 1,
      doubled: [],
      dangling: [],
      small: 0,
    });
    const names = await page.getByRole("button").allInnerTexts();
    expect(names.filter((name, at) => name !== "Stop" && names.indexOf(name) !== at)).toEqual([]);
  },
);

testInBrowser.each(["light", "dark"] as const)(
  "text stands out from its ground in the %s scheme",
  async (colorScheme) => {
    const { page, signIn, inPage, expectErrors } = await pages.open({ colorScheme });
    expectErrors(/status of 401/);
    expect(await inPage("contrasts()")).toEqual([]);
    await signIn("Alice");
    await page.locator("#session-grant").click();
    await page.locator("#no-token").click();
    await page.locator("#record-facts dd").first().waitFor();
    await page.locator("#refusal dd").first().waitFor();
    expect(await inPage("contrasts()")).toEqual([]);
    const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(ground).toBe(colorScheme === "light" ? "rgb(245, 246, 248)" : "rgb(16, 20, 24)");
  },
);

testInBrowser("on 360 pixels nothing is cut off or pushes the page aside", async () => {
  const { page, signIn, inPage, expectErrors } = await pages.open({ viewport: { width: 360, height: 740 } });
  expectErrors(/status of 401/);
  await signIn("Alice");
  await page.locator("#session-grant").click();
  await page.locator("#broken-token").click();
  await page.locator("#record-facts dd").first().waitFor();
  await page.locator("#refusal dd").first().waitFor();
  expect(await inPage("tooWide()")).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
});

testInBrowser("who wants less motion gets no transitions", async () => {
  const duration = "getComputedStyle(document.getElementById('sign-in')).transitionDuration";
  const { page } = await pages.open({ reducedMotion: "reduce" });
  expect(await page.evaluate(duration)).toBe("0s");
  const { page: other } = await pages.open({ reducedMotion: "no-preference" });
  expect(await other.evaluate(duration)).not.toBe("0s");
});
