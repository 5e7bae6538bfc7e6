// What a function may answer, and when: the page shows it as text, to whoever asked and to nobody else.
import type { Page, Route } from "playwright-core";
import { testInBrowser } from "../../deploy/local/clients/browser-path.js";
import { usePages } from "./browser-pages.js";

const pages = usePages();

const answerWith = (page: Page, path: string, type: string, body: string): Promise<unknown> =>
  page.route(`${pages.stack().url}${path}`, (route) =>
    route.fulfill({
      headers: { "access-control-allow-origin": pages.stack().page.origin, "content-type": type },
      body,
    }),
  );

testInBrowser("markup is text, whatever its type says", async () => {
  const { page, signIn, text } = await pages.open();
  await signIn("Alice");
  const markup = "<img src=x onerror=alert(1)><script>document.title = 'taken'</script>";
  await answerWith(page, "/hello", "text/html", markup);
  await page.locator("#hello-proxy").click();
  expect(await text("hello-proxy-answer")).toContain(markup);
  expect(await page.title()).toBe("Grantway on this machine");
});

testInBrowser.each(["{", "null", "[]", '{"type":7,"title":{"ends":"never"},"detail":"x"}', "<html>"])(
  "%s under the name of a problem is shown as what it is",
  async (body) => {
    const { page, signIn, text } = await pages.open();
    await signIn("Alice");
    await answerWith(page, "/hello", "application/problem+json", body);
    await page.locator("#hello-proxy").click();
    expect((await text("hello-proxy-answer")).replace(/\s/g, "")).toContain(body);
    expect(await page.locator("#fault").isHidden()).toBe(true);
  },
);

testInBrowser.each(["{}", "null", "hello"])("%s instead of the event is shown as it came", async (body) => {
  const { page, signIn, text } = await pages.open();
  await signIn("Alice");
  await answerWith(page, "/echo/session", "application/json", body);
  await page.locator("#session-proxy").click();
  expect(await text("session-answer")).toMatch(/^200 OK/);
  expect(await text("session-answer")).toContain(body);
  expect(await page.locator("#session").isHidden()).toBe(true);
});

testInBrowser("of an answer that is long beyond reading the page shows the beginning", async () => {
  const { page, signIn, text } = await pages.open();
  await signIn("Alice");
  await answerWith(page, "/hello", "text/plain", "x".repeat(6_000_000));
  await page.locator("#hello-proxy").click();
  expect(await text("hello-proxy-answer")).toMatch(/x{20000}\s+… and 5,980,000 characters more$/);
});

testInBrowser.each([
  ["hello-proxy", "/hello"],
  ["session-proxy", "/echo/session"],
])("what %s asked for alice does not come after she has signed out", async (button, path) => {
  const { page, signIn } = await pages.open();
  await signIn("Alice");
  let held = (_route: Route): void => undefined;
  const asked = new Promise<Route>((resolve) => {
    held = resolve;
  });
  await page.route(`${pages.stack().url}${path}`, (route) => held(route));
  await page.locator(`#${button}`).click();
  const route = await asked;
  await page.getByRole("button", { name: "Sign out" }).click();
  const answered = page.waitForResponse(`${pages.stack().url}${path}`);
  await route.continue();
  await (await answered).finished();
  // One way to the server and back later, the page has read it, if it ever does.
  await page.evaluate("fetch('settings.json').then((answer) => answer.text())");
  expect(await page.locator("body").innerText()).not.toMatch(/200 OK|local\.alice/);
});
