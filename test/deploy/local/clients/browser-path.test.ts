import { findBrowser } from "./browser-path.js";

const nowhere = () => false;

test("CHROME_PATH counts before every usual place", () => {
  expect(findBrowser({ CHROME_PATH: "/opt/my-chrome" }, () => true)).toBe("/opt/my-chrome");
});

test("a CHROME_PATH that names nothing is kept, so that its tests fail and are not skipped", () => {
  expect(findBrowser({ CHROME_PATH: "/no/such" }, nowhere)).toBe("/no/such");
});

test("Debian's Chromium comes before Chrome", () => {
  expect(findBrowser({}, () => true)).toBe("/usr/bin/chromium");
  expect(findBrowser({ CHROME_PATH: "" }, (path) => path.includes("google-chrome"))).toBe(
    "/usr/bin/google-chrome",
  );
});

test("without any of them there is none", () => {
  expect(findBrowser({}, nowhere)).toBeUndefined();
});
