// Gets an access token of a sample user from the running local OpenID provider, the way a shell does: discovery, then
// the token endpoint (see user-grant.ts). Keeps nothing.
import { accept, refuse, type Result } from "../../../server/core/result.js";
import { shellClientId, userGrant } from "./user-grant.js";

export interface TokenRequest {
  readonly user: string;
  readonly ttlSeconds?: string | undefined;
  /** RFC 6749 3.3: names with a space between. */
  readonly scope?: string | undefined;
}

const deadlineMs = 5_000;

/** The refusal is one sentence for the person at the shell. */
export async function fetchToken(issuer: string, request: TokenRequest): Promise<Result<string, string>> {
  const unreachable = `no OpenID provider answers at ${issuer} (npm run local starts one)`;
  try {
    const discovery = await readJson(
      await send(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`),
    );
    if (typeof discovery.token_endpoint !== "string") return refuse(unreachable);
    const response = await send(discovery.token_endpoint, tokenForm(request));
    const answer = await readJson(response);
    if (typeof answer.access_token === "string") return accept(answer.access_token);
    const reason =
      typeof answer.error_description === "string" ? answer.error_description : `HTTP ${response.status}`;
    return refuse(`${issuer} gives no token: ${reason}`);
  } catch {
    return refuse(unreachable);
  }
}

function tokenForm({ user, ttlSeconds, scope }: TokenRequest): URLSearchParams {
  const form = new URLSearchParams({ grant_type: userGrant, client_id: shellClientId, user });
  if (ttlSeconds !== undefined) form.set("ttl", ttlSeconds);
  if (scope !== undefined) form.set("scope", scope);
  return form;
}

function send(url: string, form?: URLSearchParams): Promise<Response> {
  const signal = AbortSignal.timeout(deadlineMs);
  return fetch(url, form ? { method: "POST", body: form, signal } : { signal });
}

async function readJson(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const body: unknown = await response.json();
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
}
