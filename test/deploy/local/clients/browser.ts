// A real Chromium without a window, driven by Playwright, and the origin its pages come from.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Browser, chromium } from "playwright-core";
import { bundle } from "../../../../deploy/local/demo/bundle.js";
import { closeAtOnce, listenOn } from "../../../../deploy/local/loopback.js";
import { browserPath } from "./browser-path.js";

export interface Chromium {
  readonly browser: Browser;
  close(): Promise<void>;
}

// In a container there is neither a sandbox nor room in /dev/shm. Playwright's own switches leave web security, and so
// CORS, as it is.
const switches = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"];

/** For tests by `testInBrowser` (browser-path.ts), which are skipped where there is no browser. */
export async function startChromium(): Promise<Chromium> {
  if (browserPath === undefined) throw new Error("no Chromium on this machine: use testInBrowser");
  try {
    const browser = await chromium.launch({
      executablePath: browserPath,
      args: switches,
      timeout: 45_000,
      // Whose signals these are is Jest's business.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    return { browser, close: () => browser.close() };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${browserPath} does not start on this machine; CHROME_PATH may name one that does: ${why}`,
      {
        cause: error,
      },
    );
  }
}

export interface PageOrigin {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves a page with the bundled script at /, and a gate: GET /gate is answered when somebody has posted to it. */
export async function servePage(scriptFile: string): Promise<PageOrigin> {
  const script = await bundle(scriptFile, { format: "iife" });
  const gate = createGate();
  const server = createServer((request, response) => {
    if (request.url === "/gate") gate(request, response);
    else if (request.url === "/page.js")
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    else
      response
        .writeHead(200, { "content-type": "text/html" })
        .end('<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>');
  });
  const port = await listenOn(server, 0);
  return { origin: `http://127.0.0.1:${port}`, close: () => closeAtOnce(server) };
}

function createGate(): (request: IncomingMessage, response: ServerResponse) => void {
  const opener = new EventTarget();
  let isOpen = false;
  return (request, response) => {
    if (request.method === "POST") {
      isOpen = true;
      opener.dispatchEvent(new Event("open"));
      response.writeHead(204).end();
    } else if (isOpen) response.writeHead(204).end();
    else void once(opener, "open").then(() => response.writeHead(204).end());
  };
}
