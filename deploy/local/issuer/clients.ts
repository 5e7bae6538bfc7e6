// The clients of the local OpenID provider and the addresses they may use. All are public (RFC 6749 2.1): what runs on
// a laptop keeps no secret.
import type { ClientMetadata } from "oidc-provider";
import { isLoopbackHost } from "../../../server/core/loopback.js";
import { shellClientId, userGrant } from "./user-grant.js";

const demoClientId = "grantway-demo";
const cliClientId = "grantway-cli";
const deviceCodeGrant = "urn:ietf:params:oauth:grant-type:device_code";

const isPublic = { token_endpoint_auth_method: "none", redirect_uris: [], response_types: [] } as const;

export const clients: ClientMetadata[] = [
  { ...isPublic, client_id: shellClientId, grant_types: [userGrant] },
  {
    ...isPublic,
    client_id: demoClientId,
    client_name: "Grantway's demo page",
    // Native: a loopback redirect URI is then good on any port (RFC 8252 7.3).
    application_type: "native",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    redirect_uris: ["http://127.0.0.1/demo/"],
  },
  {
    ...isPublic,
    client_id: cliClientId,
    client_name: "the grantway command",
    application_type: "native",
    grant_types: [deviceCodeGrant, "refresh_token"],
  },
];

/** Of all pages only the demo's, wherever on this machine it is served, may read an answer to its client. */
export function mayRead(clientId: string, origin: string): boolean {
  if (clientId !== demoClientId || !URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return protocol === "http:" && isLoopbackHost(hostname);
}
