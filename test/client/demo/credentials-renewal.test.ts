// Credentials that end while the page is open. The page's clock is moved, so that it also runs ahead of AWS's.
import { testInBrowser } from "../../deploy/local/clients/browser-path.js";
import { usePages } from "./browser-pages.js";

const pages = usePages();

testInBrowser("they are renewed before their end, and signatures are made for AWS's time", async () => {
  const { page, signIn, inPage } = await pages.open();
  await page.clock.install();
  await signIn("Alice");
  let grants = 0;
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/grant/hello")) grants += 1;
  });
  const answer = page.locator("#hello-grant-answer");
  const callHello = async (): Promise<void> => {
    await inPage('empty("hello-grant-answer")');
    await page.locator("#hello-grant").click();
    await answer.filter({ hasText: "200 OK" }).waitFor();
  };
  await callHello();
  await callHello();
  expect(grants).toBe(1);
  await page.clock.fastForward("56:00");
  await callHello();
  expect(grants).toBe(2);
});

testInBrowser(
  "the time that they have left is counted down to their end, and then said to be over",
  async () => {
    const { page, signIn } = await pages.open();
    await page.clock.install();
    await signIn("Alice");
    await page.locator("#session-grant").click();
    const left = page.locator("#grant-facts time");
    await left.filter({ hasText: /^in (1 h 0 min 0|59 min \d+) s$/ }).waitFor();
    await page.clock.fastForward("45:00");
    await left.filter({ hasText: /^in 1[45] min \d+ s$/ }).waitFor();
    await page.clock.fastForward("20:00");
    await left.filter({ hasText: "it has ended" }).waitFor();
  },
);
