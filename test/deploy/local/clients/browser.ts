// A real Chromium from npm, without a window, and the origin its pages come from.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import { build } from "esbuild";
import { type Browser, launch } from "puppeteer-core";
import { closeAtOnce, listenOn } from "../../../../deploy/local/loopback.js";

export interface Chromium {
  readonly browser: Browser;
  close(): Promise<void>;
}

// Not the package's own list: that one turns web security off, and with it CORS.
const switches = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server"];

export async function startChromium(): Promise<Chromium> {
  const profile = mkdtempSync(join(tmpdir(), "grantway-browser-"));
  try {
    const browser = await launch({
      executablePath: await chromium.executablePath(),
      args: switches,
      headless: "shell",
      userDataDir: profile,
      timeout: 45_000,
    });
    return {
      browser,
      async close() {
        await browser.close();
        rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
      },
    };
  } catch (error) {
    rmSync(profile, { recursive: true, force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Chromium does not start on this machine; it may lack a library it needs: ${why}`, {
      cause: error,
    });
  }
}

export interface PageOrigin {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves a page with the bundled script at /, and a gate: GET /gate is answered when somebody has posted to it. */
export async function servePage(scriptFile: string): Promise<PageOrigin> {
  const script = await bundle(scriptFile);
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

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
  });
  return outputFiles[0]?.text ?? "";
}
