// The page at /demo/, on a port of its own: its origin is none of the gateway's and none of the functions', as the origin
// of a web app in production is none of theirs. FOR THE LAPTOP ONLY.
import { createServer } from "node:http";
import { closeAtOnce, listenOn } from "../loopback.js";
import type { RecordedSession } from "../aws/sts/recorded-session.js";
import { answerDemo, type DemoFile } from "./answer-demo.js";
import { buildPage } from "./build-page.js";

/** Where the page finds what it calls. Nothing else is open to it: its CSP is made of this. */
export interface DemoSettings {
  readonly issuer: string;
  /** Without a slash at the end. */
  readonly gateway: string;
  /** Of the functions that it calls itself. */
  readonly functionUrls: Readonly<Record<"hello" | "long" | "echo", string>>;
  /** The local AWS's own word on a session; asked by the page with an access key id. */
  readonly recordedSession: (accessKeyId: string) => RecordedSession | undefined;
}

export interface DemoPage {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly url: string;
  /** From now on the page is there; before, its port answers 503. */
  show(settings: DemoSettings): void;
  close(): Promise<void>;
}

/**
 * Listens at once, since the gateway and the function URLs must know the origin before they start. Port 0 is any free one.
 * Rejects with Node's own error when it is taken, and with esbuild's when the page does not build.
 */
export async function startDemoPage({ port: wanted }: { readonly port: number }): Promise<DemoPage> {
  const files = await buildPage();
  let shown: { readonly settings: DemoSettings; readonly files: ReadonlyMap<string, DemoFile> } | undefined;
  const server = createServer((request, response) => {
    const answer = answerDemo(
      { method: request.method, target: request.url, host: request.headers.host },
      port,
      shown,
    );
    response.writeHead(answer.status, {
      ...answer.headers,
      "content-length": Buffer.byteLength(answer.body),
    });
    response.end(request.method === "HEAD" ? undefined : answer.body);
  });
  const port = await listenOn(server, wanted);
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    origin,
    url: `${origin}/demo/`,
    show: (settings) => {
      shown = { settings, files };
    },
    close: () => closeAtOnce(server),
  };
}
