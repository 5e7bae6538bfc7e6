// The device authorization grant (RFC 8628) of the local OpenID provider: its pages, and the pace of polling, which
// oidc-provider leaves open.
import { LRUCache } from "lru-cache";
import type { Middleware } from "koa";
import type { Configuration, KoaContextWithOIDC } from "oidc-provider";
import { endedPage, markup, sendPage, type Page } from "./page.js";

/** RFC 8628 3.2: what holds where a provider names none. 3.5: what `slow_down` adds. */
const intervalSeconds = 5;
const maxCodes = 1_000;
const codePath = "/device";

type DeviceFlow = NonNullable<Configuration["features"]>["deviceFlow"];

export const deviceFlow: DeviceFlow = {
  enabled: true,
  userCodeInputSource: (ctx, _form, _out, error) => sendPage(ctx, codePage(ctx, notice(error))),
  userCodeConfirmSource: (ctx, _form, client, _device, userCode) =>
    sendPage(ctx, confirmPage(ctx, client.clientName ?? client.clientId, userCode)),
  successSource: (ctx) =>
    sendPage(ctx, {
      title: "Signed in",
      main: markup`<p>Go back to the terminal. This page may be closed.</p>`,
    }),
};

function notice(error: Error | undefined): string | undefined {
  if (error === undefined || error.name === "NoCodeError") return undefined;
  if (error.name === "AbortedError") return "The sign-in was refused.";
  if (error.name === "ExpiredError") return "This code has expired. Ask for a new one.";
  if (error.name === "AlreadyUsedError") return "This code was used before. Ask for a new one.";
  if (error.name === "NotFoundError") return "There is no such code. Look at it once more.";
  return `This did not work: ${error.message}`;
}

const codePage = (ctx: KoaContextWithOIDC, said: string | undefined): Page => ({
  title: "Which code do you see?",
  main: markup`${said === undefined ? [] : markup`<p role="alert"><strong>${said}</strong></p>`}
<form method="post" action="${codePath}">
<input type="hidden" name="xsrf" value="${secretOf(ctx)}">
<label for="code">The code that your terminal shows</label>
<input id="code" name="user_code" value="${shownCode(ctx)}" autocomplete="off" spellcheck="false" maxlength="20" required>
<button>Continue</button>
</form>`,
});

const confirmPage = (ctx: KoaContextWithOIDC, client: string, userCode: string): Page => ({
  title: "Is this your code?",
  main: markup`<p>This is the code of ${client}. If you see another one there, or did not ask for one, refuse.</p>
<p class="code">${userCode}</p>
<form method="post" action="${codePath}">
<input type="hidden" name="xsrf" value="${secretOf(ctx)}">
<input type="hidden" name="user_code" value="${userCode}">
<button name="confirm" value="yes">Yes, it is</button>
<button name="abort" value="yes">Refuse</button>
</form>`,
});

function secretOf({ oidc }: KoaContextWithOIDC): string {
  const secret = oidc.session?.state?.secret;
  return typeof secret === "string" ? secret : "";
}

const shownCode = ({ state }: KoaContextWithOIDC): string => {
  const code: unknown = (state as { userCode?: unknown }).userCode;
  return typeof code === "string" ? code.slice(0, 20) : "";
};

/**
 * A form without the session that its page began (cookies are off, the twin was restarted, another site's page sent it):
 * oidc-provider fails on it with a TypeError of its own.
 */
export const refuseFormWithoutSession: Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    if (!(error instanceof TypeError) || ctx.method !== "POST" || ctx.path !== codePath) throw error;
    ctx.status = 400;
    sendPage(ctx, endedPage);
  }
};

/**
 * `verification_uri_complete` leads to the page that asks for the code, with the code in it. oidc-provider would answer
 * with a form that script sends on.
 */
export const showCodeOfUri: Middleware = (ctx, next) => {
  if (ctx.method === "GET" && ctx.path === codePath) {
    (ctx.state as { userCode?: unknown }).userCode = ctx.query.user_code;
    ctx.search = "";
  }
  return next();
};

/** Names the interval and answers `slow_down` to whoever does not keep it. The clock is epoch milliseconds. */
export function paceDevices(clock: () => number): Middleware {
  const polls = new LRUCache<string, { readonly at: number; readonly seconds: number }>({ max: maxCodes });
  return async (ctx, next) => {
    await next();
    const { oidc } = ctx as Partial<KoaContextWithOIDC>;
    const body: unknown = ctx.body;
    if (typeof body !== "object" || body === null) return;
    if (oidc?.route === "device_authorization" && "device_code" in body)
      ctx.body = { ...body, interval: intervalSeconds };
    if (oidc?.route !== "token" || !("error" in body) || body.error !== "authorization_pending") return;
    const code = String(oidc.params?.device_code);
    const last = polls.get(code);
    const isEarly = last !== undefined && clock() - last.at < last.seconds * 1_000;
    const seconds = (last?.seconds ?? intervalSeconds) + (isEarly ? intervalSeconds : 0);
    polls.set(code, { at: clock(), seconds });
    if (isEarly) ctx.body = { error: "slow_down", error_description: `poll every ${seconds} s` };
  };
}
