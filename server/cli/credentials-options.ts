// The options of `grantway credentials`: which gateway, which route, and where the caller's token comes from; or which
// sign-in is to end.
import { accept, refuse, type Result } from "../core/result.js";
import type { LoginRequest } from "../device-login/ports.js";
import { isSafeUrl } from "../device-login/provider.js";

export const credentialsOptions = {
  gateway: { type: "string" },
  route: { type: "string" },
  "token-file": { type: "string" },
  issuer: { type: "string" },
  "client-id": { type: "string" },
  scope: { type: "string" },
  resource: { type: "string" },
  audience: { type: "string" },
  "sign-out": { type: "boolean" },
} as const;

type Named = Exclude<keyof typeof credentialsOptions, "sign-out">;
type Given = Readonly<Partial<Record<Named, string | undefined> & Record<"sign-out", boolean | undefined>>>;

export type CredentialsRequest = GrantRequest | { readonly signOut: LoginRequest };

export interface GrantRequest {
  /** The grant door of the route. */
  readonly url: string;
  readonly token: { readonly file: string } | { readonly login: LoginRequest };
}

/** `offline_access` is OpenID Connect Core 11's way to ask for a refresh token. */
const defaultScope = "openid offline_access";
const loginOptions = ["client-id", "scope", "resource", "audience"] as const;

/** The refusal is a sentence that quotes no value. */
export function readCredentialsOptions(given: Given): Result<CredentialsRequest, string> {
  if (given["sign-out"] === true) return readSignOut(given);
  const url = grantUrl(given.gateway, given.route);
  if (!url.ok) return url;
  const { "token-file": file, issuer } = given;
  if ((file === undefined) === (issuer === undefined))
    return refuse("it needs --token-file or --issuer, one of them");
  if (file !== undefined) {
    const stray = loginOptions.find((name) => given[name] !== undefined);
    if (stray !== undefined) return refuse(`--${stray} says nothing beside --token-file`);
    return file === "" ? refuse("--token-file takes a file") : accept({ url: url.value, token: { file } });
  }
  const login = readLogin({ ...given, issuer: issuer ?? "" });
  return login.ok ? accept({ url: url.value, token: { login: login.value } }) : login;
}

/** The rest of the line may stay: whoever signs out has it in ~/.aws/config with a gateway and a route. */
function readSignOut({ "token-file": file, issuer, ...given }: Given): Result<CredentialsRequest, string> {
  if (file !== undefined) return refuse("--sign-out says nothing beside --token-file");
  if (issuer === undefined) return refuse("--sign-out needs --issuer and --client-id");
  const login = readLogin({ ...given, issuer });
  return login.ok ? accept({ signOut: login.value }) : login;
}

function grantUrl(gateway: string | undefined, route: string | undefined): Result<string, string> {
  if (gateway === undefined) return refuse("--gateway is missing: the gateway's URL");
  if (!isSafeUrl(gateway)) return refuse("--gateway takes an https URL (http on this machine only)");
  const { origin, pathname, search, hash } = new URL(gateway);
  if (search !== "" || hash !== "") return refuse("--gateway takes a URL without ? and #");
  if (route === undefined) return refuse("--route is missing: the name of a route with the grant door");
  if (!/^[\w.-]{1,128}$/.test(route) || /^\.+$/.test(route)) return refuse("--route takes a route's name");
  return accept(`${origin}${pathname.replace(/\/+$/, "")}/grant/${route}`);
}

function readLogin(given: Given & { readonly issuer: string }): Result<LoginRequest, string> {
  const { issuer, "client-id": clientId = "", scope = defaultScope, resource, audience } = given;
  if (!isSafeUrl(issuer) || /[?#]/.test(issuer))
    return refuse("--issuer takes an https URL (http on this machine only)");
  if (!isShort(clientId))
    return refuse("--client-id is missing: the public client that may use device login");
  for (const [name, value] of Object.entries({ scope, resource, audience }))
    if (value !== undefined && !isShort(value))
      return refuse(`--${name} takes 1 to 1,024 printable characters`);
  return accept({ issuer, clientId, scope, resource, audience });
}

const isShort = (text: string): boolean => /^[\x20-\x7e]{1,1024}$/.test(text);
