// Sign-in on the page: authorization code with PKCE at the local OpenID provider (RFC 7636, RFC 9700 2.1).
import { createHash } from "node:crypto";
import { testInBrowser } from "../../deploy/local/clients/browser-path.js";
import { usePages } from "./browser-pages.js";

const pages = usePages();

testInBrowser("alice signs in and the page says who she is, without keeping anything", async () => {
  const { page, signIn, text } = await pages.open();
  expect(await page.locator("#hello-proxy").isDisabled()).toBe(true);
  await signIn("Alice");
  expect(await text("claims")).toMatch(
    /Alice Example \(alice\)[^]*analysts[^]*acme[^]*in (1 h 0 min 0 s|59 min \d+ s)/,
  );
  expect(await page.locator("#hello-proxy").isEnabled()).toBe(true);
  expect(page.url()).toBe(pages.stack().page.url);
  const kept = "JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie, history.state])";
  expect(JSON.parse(await page.evaluate<string>(kept))).toEqual([{}, {}, "", null]);
});

testInBrowser(
  "a sign-in asks with PKCE by S256, a state and a nonce, and redeems the code with the verifier",
  async () => {
    const { page, signIn } = await pages.open();
    const asked = page.waitForRequest((request) => request.url().includes("response_type=code"));
    const redeemed = page.waitForRequest(
      (request) => request.method() === "POST" && request.url().includes("/token"),
    );
    await signIn("Alice");
    const question = new URL((await asked).url()).searchParams;
    const form = new URLSearchParams((await redeemed).postData() ?? "");
    expect(question.get("code_challenge_method")).toBe("S256");
    const challenge = createHash("sha256").update(form.get("code_verifier") ?? "");
    expect(question.get("code_challenge")).toBe(challenge.digest("base64url"));
    for (const name of ["state", "nonce"]) expect(question.get(name)).toMatch(/^[\w-]{43}$/);
    expect(form.has("client_secret")).toBe(false);
  },
);

testInBrowser.each([
  ["state", /The sign-in did not succeed: unexpected "state"/],
  ["nonce", /The sign-in did not succeed: .*"nonce"/],
])("an answer to another %s is refused", async (name, sentence) => {
  const { page } = await pages.open();
  await page.route(/response_type=code/, (route) => {
    const address = new URL(route.request().url());
    address.searchParams.set(name, "somebody-else-s-0123456789012345678901234567");
    return route.continue({ url: address.href });
  });
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Alice Example" }).click();
  await page.getByText(sentence).waitFor();
  expect(await page.locator("#hello-proxy").isDisabled()).toBe(true);
  expect(page.url()).toBe(pages.stack().page.url);
});

testInBrowser(
  "a code that this tab did not ask for is not redeemed, and leaves the address bar",
  async () => {
    const { page: demo } = pages.stack();
    const { page } = await pages.open({ url: `${demo.url}?code=stolen&state=x` });
    await page.getByText("it was not begun in this tab").waitFor();
    expect(page.url()).toBe(demo.url);
  },
);

testInBrowser("who cancels is told so, and stays signed out", async () => {
  const { page } = await pages.open();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("The sign-in did not succeed: the user cancelled").waitFor();
  expect(await page.locator("#signed-out").isVisible()).toBe(true);
});

testInBrowser("after signing out nothing of alice is left, and bob may sign in", async () => {
  const { page, signIn, text } = await pages.open();
  await signIn("Alice");
  await page.locator("#session-grant").click();
  await page.getByText("AWS recorded").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  expect(await page.locator("#session").isHidden()).toBe(true);
  expect(await page.locator("#session-grant").isDisabled()).toBe(true);
  expect(await page.locator("body").innerText()).not.toContain("local.alice");
  await signIn("Bob");
  expect(await text("claims")).toMatch(/Bob Example \(bob\)[^]*Groups\s+None/);
});
