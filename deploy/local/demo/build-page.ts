// client/demo/ -> what a browser gets: built in memory at the start, never read from disk by a name that was sent.
import { readFile } from "node:fs/promises";
import type { DemoFile } from "./answer-demo.js";
import { bundle } from "./bundle.js";

// From the folder that `npm run local` and the tests run in, as for the template and the configuration.
const folder = "client/demo";

export async function buildPage(): Promise<ReadonlyMap<string, DemoFile>> {
  const [html, style, script] = await Promise.all([
    readFile(`${folder}/index.html`, "utf8"),
    readFile(`${folder}/style.css`, "utf8"),
    bundle(`${folder}/main.ts`),
  ]);
  return new Map([
    ["/demo/", { type: "text/html; charset=utf-8", body: html }],
    ["/demo/style.css", { type: "text/css; charset=utf-8", body: style }],
    ["/demo/page.js", { type: "text/javascript; charset=utf-8", body: script }],
  ]);
}
