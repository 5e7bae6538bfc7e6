// The long call on the page, live. The first test waits 40 seconds in earnest: past where API Gateway ended.
import type { Locator, Page } from "playwright-core";
import { testInBrowser } from "../../deploy/local/clients/browser-path.js";
import { usePages } from "./browser-pages.js";

const pages = usePages();
const doors = ["proxy", "grant"] as const;

type FactName = "State" | "Elapsed" | "First byte" | "Pieces";
const factOf = (page: Page, door: string, name: FactName): Locator =>
  page.locator(`#long-${door}-facts dt:text-is("${name}") + dd`);
const state = (page: Page, door: string, word: string): Promise<void> =>
  factOf(page, door, "State").filter({ hasText: word }).waitFor({ timeout: 60_000 });
const fact = async (page: Page, door: string, name: FactName): Promise<number> =>
  parseFloat(await factOf(page, door, name).innerText());
const answerOf = (page: Page, door: string): Locator => page.locator(`#long-${door}-answer`);
const heights = (page: Page): Promise<number[]> =>
  Promise.all(doors.map(async (door) => (await answerOf(page, door).boundingBox())?.height ?? 0));

testInBrowser(
  "both doors at once go on past 29 seconds to the end of 40, and every piece is drawn as it comes",
  async () => {
    const { page, signIn, text, inPage } = await pages.open();
    await signIn("Alice");
    await inPage("watchAnnouncements()");
    for (const door of doors) await page.locator(`#long-${door}`).click();
    for (const door of doors) {
      await state(page, door, "Coming");
      expect(await fact(page, door, "First byte")).toBeLessThan(15);
      expect(await fact(page, door, "Pieces")).toBeLessThan(20);
    }
    // What moves now would move while it is read.
    await inPage("watchShifts()");
    for (const door of doors) await state(page, door, "Done");
    for (const door of doors) {
      expect(await fact(page, door, "Elapsed")).toBeGreaterThanOrEqual(40);
      expect(await fact(page, door, "Elapsed")).toBeLessThan(60);
      expect(await text(`long-${door}-answer`)).toMatch(/200 OK[^]*40\/40 done/);
      expect(await fact(page, door, "Pieces")).toBeGreaterThan(20);
    }
    const marks = await page.locator("#chart .chunk").count();
    expect(marks).toBe((await fact(page, "proxy", "Pieces")) + (await fact(page, "grant", "Pieces")));
    expect(await inPage("piecesBeyondLimit()")).toBeGreaterThan(8);
    expect(await page.locator("#chart-text").textContent()).toMatch(
      /^Through the gateway: done after 4\d\.\d seconds, \d+ pieces\. Signed here: done after/,
    );
    expect(await inPage("shifts")).toEqual([]);
    const told = await inPage<string[]>("announcements");
    // Eight sentences for eighty pieces: begun, the first, past the limit, done.
    expect(told).toHaveLength(8);
    expect(told).toContain("Through the gateway: 29 seconds have passed, and the answer goes on.");
    expect(told).toContain("Signed here: 29 seconds have passed, and the answer goes on.");
  },
  120_000,
);

testInBrowser.each([1200, 360])(
  "on %d pixels the boxes show the last lines as they come, and nothing moves for it",
  async (width) => {
    const { page, signIn, text } = await pages.open({ viewport: { width, height: 900 } });
    await signIn("Alice");
    await page.locator("#seconds").fill("12");
    const before = await heights(page);
    for (const door of doors) await page.locator(`#long-${door}`).click();
    for (const door of doors) {
      await answerOf(page, door).filter({ hasText: "9/12" }).waitFor();
      expect(await text(`long-${door}-answer`)).toMatch(/^200 OK so far\s+request [\w-]+\s+\d+\/12/);
      const lines = (await answerOf(page, door).locator("pre").innerText()).split("\n");
      expect([lines.length, lines.at(-1)]).toEqual([5, expect.stringMatching(/^(?:9|1[0-2])\/12/)]);
      expect(await factOf(page, door, "State").innerText()).toBe("Coming");
    }
    expect(await heights(page)).toEqual(before);
    for (const door of doors) await state(page, door, "Done");
    expect(await heights(page)).toEqual(before);
    expect(await text("long-proxy-answer")).toMatch(/1\/12[^]*12\/12 done/);
  },
  60_000,
);

testInBrowser.each(doors)("a silent call by %s is waited for and comes in one piece", async (door) => {
  const { page, signIn, text } = await pages.open();
  await signIn("Alice");
  await page.locator("#seconds").fill("2");
  await page.getByLabel("Not a word until it is done").check();
  await page.locator(`#long-${door}`).click();
  await state(page, door, "Done");
  expect(await fact(page, door, "Pieces")).toBe(1);
  expect(await fact(page, door, "First byte")).toBeGreaterThanOrEqual(2);
  expect(await text(`long-${door}-answer`)).toContain("done after 2 s without a word");
});

testInBrowser.each(doors)(
  "a call by %s is stopped, and the focus does not fall from the page",
  async (door) => {
    const { page, signIn, text, inPage } = await pages.open();
    await signIn("Alice");
    await page.locator(`#long-${door}`).click();
    await state(page, door, "Coming");
    await page.locator(`#long-${door}-stop`).focus();
    await page.keyboard.press("Enter");
    await state(page, door, "Stopped");
    expect(await text(`long-${door}-answer`)).toBe("Stopped");
    expect(await inPage("focusedId()")).toBe(`long-${door}`);
    expect(await page.locator(`#long-${door}-stop`).isDisabled()).toBe(true);
  },
);

testInBrowser.each(["0", "891", "1.5", ""])("%j seconds are refused before any call", async (seconds) => {
  const { page, signIn, inPage } = await pages.open();
  await signIn("Alice");
  const calls: string[] = [];
  page.on("request", (request) => calls.push(request.url()));
  await page.locator("#seconds").fill(seconds);
  for (const door of doors) await page.locator(`#long-${door}`).click();
  expect(await inPage("focusedId()")).toBe("seconds");
  expect(calls).toEqual([]);
});

testInBrowser("a second start of the same door takes the place of the first", async () => {
  const { page, signIn, text } = await pages.open();
  await signIn("Alice");
  await page.locator("#long-proxy").click();
  await state(page, "proxy", "Coming");
  await page.locator("#seconds").fill("2");
  await page.locator("#long-proxy").click();
  await state(page, "proxy", "Done");
  expect(await text("long-proxy-answer")).toContain("2/2 done");
  expect(await fact(page, "proxy", "Elapsed")).toBeLessThan(30);
});
