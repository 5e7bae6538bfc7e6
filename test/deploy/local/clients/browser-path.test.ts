import { chooseTest, findBrowser } from "./browser-path.js";

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

test("without a browser its tests are skipped, and stderr says which and what helps", () => {
  const said: string[] = [];
  expect(chooseTest(undefined, (text) => void said.push(text))).toBe(test.skip);
  expect(said).toEqual([
    expect.stringMatching(
      /^SKIPPED: the tests in a real browser.*apt-get install chromium.*CHROME_PATH\.\n$/,
    ),
  ]);
});

test("with one they run, and nothing is said", () => {
  const tell = jest.fn();
  expect(chooseTest("/usr/bin/chromium", tell)).toBe(test);
  expect(tell).not.toHaveBeenCalled();
});
