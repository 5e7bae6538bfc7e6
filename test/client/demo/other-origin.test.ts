// The same page from another origin, which neither the gateway nor the function URLs trust.
import { startDemoPage, type DemoPage } from "../../../deploy/local/demo/demo-page.js";
import { demoSettings } from "../../../deploy/local/demo/demo-settings.js";
import { browserPath, testInBrowser } from "../../deploy/local/clients/browser-path.js";
import { usePages } from "./browser-pages.js";

const pages = usePages();
let other: DemoPage;
if (browserPath !== undefined) {
  beforeAll(async () => {
    const { issuer, aws, url } = pages.stack();
    other = await startDemoPage({ port: 0 });
    other.show(demoSettings(issuer, aws, url));
  });
  afterAll(() => other.close());
}

testInBrowser("its calls are stopped by the browser at both doors", async () => {
  const { page, signIn, text, expectErrors } = await pages.open({ url: other.url });
  expectErrors(/blocked by CORS policy|net::ERR_FAILED/);
  await signIn("Alice");
  await page.locator("#hello-proxy").click();
  expect(await text("hello-proxy-answer")).toContain("No answer that the page may read");
  await page.locator("#hello-grant").click();
  expect(await text("hello-grant-answer")).toContain("grant door did not answer");
});

testInBrowser("nor does a function URL let it through with credentials that somebody gave it", async () => {
  const { page, expectErrors } = await pages.open({ url: other.url });
  expectErrors(/blocked by CORS policy|net::ERR_FAILED/);
  const url = pages.stack().aws.functionUrls.get("grantway-hello") ?? "";
  const init = {
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=x", "x-amz-date": "20261122T000000Z" },
  };
  const call = `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then((answer) => answer.status, String)`;
  expect(await page.evaluate(call)).toBe("TypeError: Failed to fetch");
});

testInBrowser("what the policy of the page does not name cannot be reached from it", async () => {
  const { page, expectErrors } = await pages.open();
  expectErrors(/Content Security Policy|^policy: connect-src|Fetch API cannot load/);
  const call = `fetch(${JSON.stringify(pages.stack().adminUrl)}).then(() => "reached", String)`;
  expect(await page.evaluate(call)).toContain("TypeError");
});
