// The pages of the local OpenID provider: HTML without script, and the headers it is sent with. Every text that is
// put into a page is escaped here.
import { createHash } from "node:crypto";
import type { ParameterizedContext } from "koa";

/** Text that is already HTML. */
export interface Html {
  readonly html: string;
}

/** A template whose slots are escaped, but for those that are HTML. */
export function markup(
  parts: TemplateStringsArray,
  ...slots: readonly (string | Html | readonly Html[])[]
): Html {
  return { html: parts.reduce((text, part, at) => text + render(slots[at - 1] ?? "") + part) };
}

function render(slot: string | Html | readonly Html[]): string {
  if (typeof slot === "string") return escapeHtml(slot);
  return "html" in slot ? slot.html : slot.map((each) => each.html).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (found) => entities[found] ?? "");

export interface Page {
  readonly title: string;
  readonly main: Html;
  /** Where a form of the page may lead to by a redirect: browsers hold `form-action` against that, too. */
  readonly leadsTo?: string | undefined;
}

export const endedPage: Page = {
  title: "This sign-in has ended",
  main: markup`<p>Go back and begin it again.</p>`,
};

export function sendPage(ctx: Pick<ParameterizedContext, "set" | "type" | "body">, page: Page): void {
  ctx.set({
    "cache-control": "no-store",
    "content-security-policy": contentSecurityPolicy(page.leadsTo),
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  });
  ctx.type = "html";
  ctx.body = document(page).html;
}

function contentSecurityPolicy(leadsTo: string | undefined): string {
  const digest = createHash("sha256").update(style).digest("base64");
  return [
    "default-src 'none'",
    `style-src 'sha256-${digest}'`,
    `form-action 'self'${leadsTo === undefined ? "" : ` ${leadsTo}`}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const document = ({ title, main }: Page): Html => markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - Grantway's local sign-in</title>
<style>${{ html: style }}</style>
</head>
<body>
<main>
<p class="warning"><strong>For this laptop only.</strong> There is no password: whoever opens this page may be anyone.</p>
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`;

const style = `
:root { color-scheme: light dark; --ground: #f5f6f8; --card: #ffffff; --text: #1b1f24; --quiet: #57606a; --line: #8a939d;
  --accent: #0b5cad; --warning-ground: #fff3cd; --warning-text: #5c4300; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #101418; --card: #1a2027; --text: #e8ebee; --quiet: #a4adb6; --line: #6d7782; --accent: #7cb8ff;
    --warning-ground: #3d3000; --warning-text: #ffe08a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 28rem; margin: 6vh auto; padding: 1.5rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; }
h1 { font-size: 1.375rem; line-height: 1.25; margin: 1rem 0 .5rem; }
.warning { margin: 0; padding: .5rem .75rem; border-radius: .25rem; background: var(--warning-ground);
  color: var(--warning-text); }
button, input { width: 100%; min-height: 2.75rem; font: inherit; color: inherit; border: 1px solid var(--line);
  border-radius: .375rem; background: transparent; padding: .5rem .75rem; }
button { margin-top: .5rem; text-align: left; cursor: pointer; }
button:hover { border-color: var(--accent); }
button small { display: block; color: var(--quiet); }
button.plain { border-color: transparent; color: var(--accent); }
input, .code { font-family: ui-monospace, monospace; font-size: 1.25rem; letter-spacing: .1em; text-transform: uppercase; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30rem) { main { margin: 0; border: 0; border-radius: 0; min-height: 100vh; } }
`;
