// Which browser the tests drive: CHROME_PATH, else Chromium or Chrome where Linux and macOS have it. Without one the tests
// in a browser are skipped, and say so.
import { existsSync } from "node:fs";
import { findProgram, orSkipped } from "../../../fixtures/wanted-program.js";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

export const findBrowser = (
  { CHROME_PATH }: Readonly<Record<string, string | undefined>>,
  exists: (path: string) => boolean,
): string | undefined => findProgram(CHROME_PATH, usualPlaces, exists);

export const browserPath = findBrowser(process.env, existsSync);

/** Jest's `test` where there is a browser; where there is none, tests that are shown as skipped. */
export const chooseTest = (path: string | undefined, tell: (text: string) => void): jest.It =>
  orSkipped(
    test,
    path !== undefined,
    "the tests in a real browser, for want of one. Install it with `apt-get install chromium`, " +
      "or name Chrome or Chromium in CHROME_PATH.",
    tell,
  );

export const testInBrowser = chooseTest(browserPath, (text) => void process.stderr.write(text));
