// What the demo's port answers: five paths by GET or HEAD, under a policy that lets the page run its own script only and
// reach only what it is for (https://www.w3.org/TR/CSP3/). Pure.
import type { DemoSettings } from "./demo-page.js";

export interface DemoFile {
  readonly type: string;
  readonly body: string;
}

export interface DemoAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface DemoRequest {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly host: string | undefined;
}

interface Shown {
  readonly settings: DemoSettings;
  readonly files: ReadonlyMap<string, DemoFile>;
}

export function answerDemo(request: DemoRequest, port: number, shown: Shown | undefined): DemoAnswer {
  const { method, target = "", host } = request;
  const address = `http://127.0.0.1:${port}/demo/`;
  // Another name that leads here is another origin, which nothing below trusts; and a name that somebody else has made
  // lead here (DNS rebinding) must not read what the page may.
  if (host !== `127.0.0.1:${port}`) return sentence(421, `The page is at ${address}\n`);
  if (method !== "GET" && method !== "HEAD")
    return sentence(405, "GET and HEAD only\n", { allow: "GET, HEAD" });
  if (!shown) return sentence(503, "The gateway is starting.\n", { "retry-after": "1" });
  const [path = ""] = target.split("?");
  const file = shown.files.get(path) ?? dataFile(path, shown.settings);
  if (!file) return sentence(404, `Nothing is here. The page is at ${address}\n`);
  return { status: 200, headers: headersOf(file.type, shown.settings), body: file.body };
}

const sessionPath = /^\/demo\/sessions\/(ASIA[A-Z2-7]{16})$/;

function dataFile(path: string, settings: DemoSettings): DemoFile | undefined {
  const { issuer, gateway, functionUrls } = settings;
  if (path === "/demo/settings.json")
    return json({ issuer, gateway, clientId: "grantway-demo", functionUrls });
  const [, accessKeyId] = sessionPath.exec(path) ?? [];
  const session = accessKeyId === undefined ? undefined : settings.recordedSession(accessKeyId);
  return session && json(session);
}

const json = (value: object): DemoFile => ({ type: "application/json", body: JSON.stringify(value) });

const common = {
  // The code of a sign-in is in the address, and what is shown is of one person.
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

const headersOf = (type: string, settings: DemoSettings): Record<string, string> => ({
  ...common,
  "content-type": type,
  "content-security-policy": contentSecurityPolicy(settings),
});

const sentence = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): DemoAnswer => ({
  status,
  headers: {
    ...common,
    ...headers,
    "content-type": "text/plain; charset=utf-8",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  },
  body,
});

export function contentSecurityPolicy({ issuer, gateway, functionUrls }: DemoSettings): string {
  const reached = [issuer, gateway, ...Object.values(functionUrls)].map((url) => new URL(url).origin);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    // The page's icon is text in its own head.
    "img-src data:",
    `connect-src 'self' ${[...new Set(reached)].join(" ")}`,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}
