// The device authorization grant (RFC 8628): the terminal shows a code, the user confirms it in a browser, and this
// side asks the token endpoint at the pace the provider sets. Keeps nothing.
import { printable } from "../core/printable.js";
import { accept, refuse, type Result } from "../core/result.js";
import { isJsonObject } from "../core/strict-json.js";
import type { Failure, LoginPorts, LoginRequest, Terminal } from "./ports.js";
import { isSafeUrl, type Provider } from "./provider.js";
import { oauthRefusal, requestTokens, type TokenAnswer } from "./token-endpoint.js";
import { isToken } from "./tokens.js";

const grantType = "urn:ietf:params:oauth:grant-type:device_code";
/** 3.2: what holds where the provider names none; 3.5: what `slow_down` adds. */
const defaultIntervalSeconds = 5;
const minIntervalSeconds = 1;
const maxIntervalSeconds = 60;
/** Nobody looks at a terminal for longer, and the other processes wait. */
const maxWaitSeconds = 900;

interface DeviceAuthorization {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly uri: string;
  readonly uriComplete: string | undefined;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

/** `stillHere` is called before each wait. */
export async function signInByDevice(
  login: LoginRequest,
  provider: Provider,
  ports: LoginPorts,
  terminal: Terminal,
  stillHere: () => void,
): Promise<TokenAnswer> {
  const begun = await authorizeDevice(login, provider, ports);
  if (!begun.ok) return begun;
  terminal.print(promptOf(login, begun.value));
  const tokens = await pollForTokens(login, provider, begun.value, ports, stillHere);
  if (tokens.ok) terminal.print("grantway: signed in.\n");
  return tokens;
}

async function authorizeDevice(
  { issuer, clientId, scope, resource, audience }: LoginRequest,
  { deviceEndpoint: url }: Provider,
  { exchange }: LoginPorts,
): Promise<Result<DeviceAuthorization, Failure>> {
  if (url === undefined)
    return refuse({ kind: "refused", sentence: `${issuer} offers no device login (RFC 8628)` });
  const form = {
    client_id: clientId,
    scope,
    ...(resource !== undefined && { resource }),
    ...(audience !== undefined && { audience }),
  };
  const answer = await exchange({ url, method: "POST", form });
  if (!answer.ok) return refuse({ kind: "unavailable", sentence: answer.denial });
  const { status, body } = answer.value;
  if (status !== 200) return refuse(oauthRefusal(url, status, body));
  const begun = readAuthorization(isJsonObject(body) ? body : {});
  return begun === undefined
    ? refuse({ kind: "refused", sentence: `${url} gave no device code` })
    : accept(begun);
}

function readAuthorization(body: Readonly<Record<string, unknown>>): DeviceAuthorization | undefined {
  const { device_code: deviceCode, user_code: userCode, verification_uri: uri } = body;
  const uriComplete = body.verification_uri_complete;
  if (!isToken(deviceCode) || typeof userCode !== "string" || userCode.trim() === "") return undefined;
  if (!isSafeUrl(uri)) return undefined;
  return {
    deviceCode,
    userCode: userCode.slice(0, 100),
    uri,
    uriComplete: isSafeUrl(uriComplete) ? uriComplete : undefined,
    expiresInSeconds: Math.min(positive(body.expires_in) ?? maxWaitSeconds, maxWaitSeconds),
    intervalSeconds: Math.max(
      Math.min(positive(body.interval) ?? defaultIntervalSeconds, maxIntervalSeconds),
      minIntervalSeconds,
    ),
  };
}

const positive = (value: unknown): number | undefined =>
  typeof value === "number" && value > 0 ? value : undefined;

function promptOf({ issuer }: LoginRequest, begun: DeviceAuthorization): string {
  const minutes = Math.ceil(begun.expiresInSeconds / 60);
  const lines = [
    `grantway: sign in at ${issuer}`,
    `  open  ${begun.uri}`,
    `  code  ${begun.userCode}`,
    ...(begun.uriComplete === undefined ? [] : [`  or    ${begun.uriComplete}`]),
    `  (good for ${minutes} min; check that the page shows this very code)`,
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

async function pollForTokens(
  login: LoginRequest,
  provider: Provider,
  begun: DeviceAuthorization,
  ports: LoginPorts,
  stillHere: () => void,
): Promise<TokenAnswer> {
  const until = ports.clock() + begun.expiresInSeconds * 1_000;
  let { intervalSeconds } = begun;
  while (ports.clock() + intervalSeconds * 1_000 <= until) {
    stillHere();
    await ports.wait(intervalSeconds * 1_000);
    const grant = { grant_type: grantType, device_code: begun.deviceCode };
    const answer = await requestTokens(login, provider, grant, ports);
    if (answer.ok) return answer;
    const next = nextInterval(answer.denial, intervalSeconds);
    if (next === undefined) return refuse(inWords(answer.denial));
    intervalSeconds = Math.min(next, maxIntervalSeconds);
  }
  return refuse({ kind: "refused", sentence: "nobody confirmed the code in time" });
}

/** 3.5. `undefined`: it is over. */
function nextInterval({ kind, error }: Failure & { error?: string }, seconds: number): number | undefined {
  if (error === "authorization_pending") return seconds;
  if (error === "slow_down") return seconds + defaultIntervalSeconds;
  return kind === "unavailable" ? seconds * 2 : undefined;
}

function inWords({ error, ...failure }: Failure & { error?: string }): Failure {
  if (error === "access_denied") return { ...failure, sentence: "the sign-in was refused in the browser" };
  if (error === "expired_token") return { ...failure, sentence: "nobody confirmed the code in time" };
  return failure;
}
