// What ends while the page is open: the token, and the sign-in itself.
import { testInBrowser } from "../../deploy/local/clients/browser-path.js";
import { type OpenedPage, usePages } from "./browser-pages.js";

// Shorter than the minute that the page wants a token to have left.
const pages = usePages({ accessTokenTtlSeconds: 45 });
const answers = { proxy: "hello-proxy-answer", grant: "hello-grant-answer" } as const;

async function callHello(opened: OpenedPage, door: keyof typeof answers): Promise<void> {
  const { page } = opened;
  await opened.inPage(`empty("${answers[door]}")`);
  await page.locator(`#hello-${door}`).click();
  await page.locator(`#${answers[door]}`, { hasText: "200 OK" }).waitFor();
}

testInBrowser("a token near its end is renewed silently, once for the calls that need it", async () => {
  const opened = await pages.open();
  const { page, signIn, inPage, text, expectErrors } = opened;
  expectErrors(/status of 401/);
  await signIn("Alice");
  const grants: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/token"))
      grants.push(new URLSearchParams(request.postData() ?? "").get("grant_type") ?? "");
  });
  await callHello(opened, "proxy");
  expect(grants).toEqual(["refresh_token"]);
  // Refresh tokens are good once, so two renewals side by side would end the sign-in.
  await inPage('clickAll(["hello-proxy", "hello-grant", "broken-token", "session-grant"])');
  await page.locator("#seen-facts dd").first().waitFor();
  expect(await text("refusal")).toContain("token_invalid");
  await callHello(opened, "grant");
  expect(await page.locator("#fault").isHidden()).toBe(true);
});

testInBrowser("a sign-in that the provider has ended is told, and alice signs in again", async () => {
  const opened = await pages.open();
  const { page, signIn, expectErrors } = opened;
  expectErrors(/status of 400/);
  await signIn("Alice");
  await page.route(/\/token$/, (route) =>
    route.continue({
      postData: (route.request().postData() ?? "").replace(/refresh_token=[^&]+/, "refresh_token=old"),
    }),
  );
  await page.locator("#hello-proxy").click();
  await page
    .getByRole("alert")
    .filter({ hasText: "Your sign-in has ended. Please sign in again." })
    .waitFor();
  expect(await page.locator("#hello-proxy").isDisabled()).toBe(true);
  await page.unroute(/\/token$/);
  await signIn("Alice");
  await callHello(opened, "proxy");
});
