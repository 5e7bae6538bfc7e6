// Who signs in: a page with the sample users, and what a choice on it means. There is no password and no consent page:
// choosing a user grants what was asked for. Every sign-in asks anew, so that a browser can be alice and then bob.
import type { IncomingMessage } from "node:http";
import type { Middleware } from "koa";
import type { Configuration, KoaContextWithOIDC, Provider } from "oidc-provider";
import type { OidcProviderModule } from "./load-oidc-provider.js";
import { endedPage, markup, sendPage, type Html } from "./page.js";
import { findUser, userNames, type UserClaims } from "./users.js";

const path = "/interaction/";
const maxFormBytes = 1_024;

type Interaction = InstanceType<Provider["Interaction"]>;

/** One prompt that only a choice on the page answers; a remembered session does not. */
export function signInEachTime({ interactionPolicy }: OidcProviderModule): Configuration["interactions"] {
  const { Check, Prompt, base } = interactionPolicy;
  const policy = base();
  policy.clear();
  const isUnanswered = (ctx: KoaContextWithOIDC): boolean => ctx.oidc.result?.login === undefined;
  const choice = new Check("no_choice", "the user chooses who signs in", "login_required", isUnanswered);
  policy.add(new Prompt({ name: "login", requestable: true }, choice));
  // Asked for by clients that want a refresh token (OpenID Connect Core 11); the same choice answers it.
  policy.add(new Prompt({ name: "consent", requestable: true }));
  return { policy, url: (_ctx, { uid }) => `${path}${uid}` };
}

/** Grants all that was asked for, anew at each sign-in: a revoked refresh token then ends one sign-in, not all. */
export const grantWhatIsAsked: Configuration["loadExistingGrant"] = async (ctx) => {
  const { client, session, requestParamOIDCScopes, requestParamScopes, resourceServers, provider } = ctx.oidc;
  if (!client || !session?.accountId) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope([...requestParamOIDCScopes].join(" "));
  for (const resource of Object.keys(resourceServers ?? {}))
    grant.addResourceScope(resource, [...requestParamScopes].join(" "));
  await grant.save();
  return grant;
};

export function serveSignIn(provider: Provider): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith(path) || (ctx.method !== "GET" && ctx.method !== "POST")) {
      await next();
      return;
    }
    const interaction = await findInteraction(provider, ctx.req, ctx.res);
    if (interaction === undefined) {
      ctx.status = 400;
      sendPage(ctx, endedPage);
      return;
    }
    const form = ctx.method === "POST" ? await readForm(ctx.req) : undefined;
    const answer = form && answerOf(form);
    if (answer) {
      await leaveSession(provider, interaction);
      ctx.status = 303;
      ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, answer));
      return;
    }
    if (form) ctx.status = 400;
    sendPage(ctx, await signInPage(provider, interaction));
  };
}

async function findInteraction(
  provider: Provider,
  ...exchange: Parameters<Provider["interactionDetails"]>
): Promise<Interaction | undefined> {
  try {
    return await provider.interactionDetails(...exchange);
  } catch (error) {
    if (error instanceof Error && error.name === "SessionNotFound") return undefined;
    throw error;
  }
}

function answerOf(form: URLSearchParams) {
  if (form.has("cancel")) return { error: "access_denied", error_description: "the user cancelled" };
  const user = findUser(form.get("user") ?? "");
  return user && { login: { accountId: user.sub, remember: false }, consent: {} };
}

/** Otherwise oidc-provider would first ask the user before to sign out, on a page that needs script. */
async function leaveSession(provider: Provider, interaction: Interaction): Promise<void> {
  if (!interaction.session) return;
  await (await provider.Session.findByUid(interaction.session.uid))?.destroy();
  delete interaction.session;
  await interaction.persist();
}

async function signInPage(provider: Provider, { params }: Interaction) {
  const client = await provider.Client.find(String(params.client_id));
  const name = client?.clientName ?? String(params.client_id);
  const redirectUri = typeof params.redirect_uri === "string" ? params.redirect_uri : undefined;
  return {
    title: "Who are you?",
    leadsTo: redirectUri === undefined ? undefined : new URL(redirectUri).origin,
    main: markup`<p>Choose who signs in to ${name}.</p>
<form method="post">
${userNames.flatMap((user) => findUser(user) ?? []).map(userButton)}
<button class="plain" name="cancel" value="yes">Cancel</button>
</form>`,
  };
}

const userButton = ({ sub, name, groups, tenant }: UserClaims): Html =>
  markup`<button name="user" value="${sub}">${name}
<small>${groups.length === 0 ? "in no group" : `in ${groups.join(", ")}`}, of ${tenant}</small></button>
`;

/** A form too large to be this page's reads as an empty one. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString("latin1");
    if (text.length > maxFormBytes) return new URLSearchParams();
  }
  return new URLSearchParams(text);
}
