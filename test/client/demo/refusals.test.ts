// What a refusal looks like on the page: RFC 9457's fields from the gateway, and what a browser hides of AWS's own.
import { testInBrowser } from "../../deploy/local/clients/browser-path.js";
import { usePages } from "./browser-pages.js";

const pages = usePages();
const failed = (status: number): RegExp => new RegExp(`^Failed to load resource: .* status of ${status} `);

testInBrowser.each([
  ["no-token", 401, "credentials_missing", "Send a bearer token in the Authorization header."],
  ["broken-token", 401, "token_invalid", "The bearer token is not accepted."],
  ["unknown-route", 404, "route_unknown", ""],
])("%s: %i with type, title, detail and request id", async (id, status, code, detail) => {
  for (const name of [undefined, "Alice"] as const) {
    const { page, signIn, text, expectErrors } = await pages.open();
    expectErrors(failed(status));
    if (name) await signIn(name);
    await page.locator(`#${id}`).click();
    const shown = await text("refusal");
    expect(shown).toMatch(new RegExp(`^${status} `));
    expect(shown).toContain(`urn:grantway:problem:${code}`);
    expect(shown).toContain(detail);
    const requestId = /Request id\s+([0-9a-f-]{36})/.exec(shown)?.[1];
    const logged = pages
      .stack()
      .logLines()
      .find((line) => line.requestId === requestId);
    expect(logged).toMatchObject({ status });
  }
});

testInBrowser(
  "the function URL, unsigned: the browser lets the page know that it failed, and no more",
  async () => {
    const { page, text, expectErrors } = await pages.open();
    expectErrors(/blocked by CORS policy|net::ERR_FAILED/);
    const { awsLines } = pages.stack();
    const before = awsLines.length;
    await page.locator("#unsigned").click();
    expect(await text("refusal")).toMatch(
      /^No answer that the page may read[^]*403 to a call without a signature/,
    );
    expect(awsLines.slice(before)).toEqual([expect.stringMatching(/^grantway-hello: .*403/)]);
  },
);

testInBrowser("bob, who is in no group, is refused at both doors and told why in words", async () => {
  const { page, signIn, text, expectErrors } = await pages.open();
  expectErrors(failed(403));
  await signIn("Bob");
  for (const id of ["hello-proxy", "hello-grant", "session-proxy", "session-grant", "no-group"]) {
    await page.locator(`#${id}`).click();
    const place =
      id === "no-group" ? "refusal" : id.startsWith("session") ? "session-answer" : `${id}-answer`;
    const shown = await text(place);
    expect(shown).toMatch(/^403 /);
    expect(shown).toContain("urn:grantway:problem:role_not_granted");
    expect(shown).toContain("No role is granted to this caller for this route.");
  }
  await page.locator("#long-grant").click();
  expect(await text("long-grant-answer")).toContain("role_not_granted");
  expect(await text("long-grant-facts")).toMatch(/State\s+Failed/);
  await page.locator("#long-proxy").click();
  expect(await text("long-proxy-answer")).toContain("role_not_granted");
  expect(await text("long-proxy-facts")).toMatch(/State\s+Refused/);
});

testInBrowser("who is not bob is told to become him", async () => {
  const { page, signIn, text } = await pages.open();
  await page.locator("#no-group").click();
  expect(await text("refusal")).toContain("Sign in as bob");
  await signIn("Alice");
  await page.locator("#no-group").click();
  expect(await text("refusal")).toContain("sign in as bob");
});
