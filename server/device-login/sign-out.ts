// The end of a sign-in: what was kept is removed, and the provider is asked to revoke the refresh token (RFC 7009).
// Access tokens and AWS credentials that are out last to their own end.
import { accept, refuse, type Result } from "../core/result.js";
import type { Failure, LoginPorts, LoginRequest } from "./ports.js";
import { discoverProvider } from "./provider.js";
import { oauthRefusal } from "./token-endpoint.js";

/** A sentence that says how far it got: removed here is signed out, whatever the provider says. */
export async function signOut(
  login: LoginRequest,
  ports: Pick<LoginPorts, "exchange" | "store">,
): Promise<Result<string, Failure>> {
  const { issuer, clientId } = login;
  return ports.store.alone(
    async ({ stillHere }) => {
      const kept = ports.store.read();
      if (!kept.ok) return kept;
      const removed = ports.store.remove();
      if (!removed.ok) return removed;
      if (!removed.value)
        return accept(
          `no sign-in is kept for ${clientId} at ${issuer} with this scope, resource and audience`,
        );
      const token = kept.value?.refreshToken;
      if (token === undefined) return accept(`signed out at ${issuer}`);
      stillHere();
      const revoked = await revoke(login, token, ports);
      return accept(
        revoked.ok
          ? `signed out at ${issuer}, which revoked the refresh token`
          : `signed out here, but the refresh token is not revoked: ${revoked.denial}`,
      );
    },
    () => refuse(`another process is signing in at ${issuer}; end that first`),
  );
}

/** RFC 7009 2.1, as a public client. The refusal is a sentence. */
async function revoke(
  { issuer, clientId }: LoginRequest,
  token: string,
  { exchange }: Pick<LoginPorts, "exchange">,
): Promise<Result<undefined, string>> {
  const provider = await discoverProvider(issuer, { exchange });
  if (!provider.ok) return refuse(provider.denial.sentence);
  const url = provider.value.revocationEndpoint;
  if (url === undefined) return refuse(`${issuer} names no revocation_endpoint that is an https URL`);
  const form = { client_id: clientId, token, token_type_hint: "refresh_token" };
  const answer = await exchange({ url, method: "POST", form });
  if (!answer.ok) return answer;
  const { status, body } = answer.value;
  return status === 200 ? accept(undefined) : refuse(oauthRefusal(url, status, body).sentence);
}
