// `grantway credentials`: temporary AWS credentials for one route, as an AWS SDK takes them from a `credential_process`.
// Standard output has the document and nothing else. Writes no AWS credentials anywhere.
import { printable } from "../core/printable.js";
import type { Result } from "../core/result.js";
import { accept, refuse } from "../core/result.js";
import { obtainToken } from "../device-login/obtain-token.js";
import type { Failure, LoginPorts, LoginRequest } from "../device-login/ports.js";
import { signOut } from "../device-login/sign-out.js";
import { readArguments } from "./arguments.js";
import { exitStatus, usageFault, type Command, type Console } from "./console.js";
import { credentialsDocument } from "./credentials-document.js";
import { credentialsOptions, readCredentialsOptions, type GrantRequest } from "./credentials-options.js";
import { openCredentialsPorts } from "./credentials-ports.js";

const usage = `Usage: grantway credentials --gateway URL --route NAME --token-file FILE
       grantway credentials --gateway URL --route NAME --issuer URL --client-id ID [OPTIONS]
       grantway credentials --sign-out --issuer URL --client-id ID [OPTIONS]

Prints temporary AWS credentials for a route with the grant door, as a credential_process does.
In ~/.aws/config:

  [profile reports]
  region = eu-west-1
  credential_process = grantway credentials --gateway https://gateway.example.com --route reports --token-file /run/token

With --issuer it signs a person in: the terminal shows a code to confirm in a browser (RFC 8628).
The sign-in is kept in the person's state folder and renewed silently. --sign-out removes it.

Options:
      --gateway URL     The gateway: https, or http on this machine.
      --route NAME      The route whose credentials are asked for.
      --token-file FILE The caller's token (JWT); - is standard input.
      --issuer URL      The OpenID provider, as the gateway's configuration has it.
      --client-id ID    A public client there that may use device login.
      --scope TEXT      What to ask for; else "openid offline_access".
      --resource URI    The API, where the provider wants it named (RFC 8707).
      --audience TEXT   The same, where the provider calls it audience.
      --sign-out        Remove the sign-in of these options, and have the provider revoke it (RFC 7009).
  -h, --help            This text.

Exit status: 0 printed, or signed out, 1 refused, 64 wrong usage, 69 the gateway or the provider cannot be reached.
Example: grantway credentials --gateway https://gateway.example.com --route reports --token-file -
`;

/** What the command does that a test does not want done, or wants to see. */
export interface CredentialsPorts {
  readonly exchange: LoginPorts["exchange"];
  readonly clock: LoginPorts["clock"];
  /** `-` is standard input. The refusal is a sentence. */
  readToken(file: string): Promise<Result<string, string>>;
  /** `argv` is what to type again in a terminal. */
  login(login: LoginRequest, argv: readonly string[]): LoginPorts;
  close(): Promise<void>;
}

async function run(argv: readonly string[], console: Console): Promise<number> {
  return runCredentials(argv, console, openCredentialsPorts(console));
}

export async function runCredentials(
  argv: readonly string[],
  console: Console,
  ports: CredentialsPorts,
): Promise<number> {
  try {
    const parsed = readArguments(argv, credentialsOptions);
    if (!parsed.ok) return usageFault(console, "credentials", parsed.denial);
    const { values, positionals } = parsed.value;
    if (positionals.length > 0) return usageFault(console, "credentials", "it takes options only");
    const request = readCredentialsOptions(values);
    if (!request.ok) return usageFault(console, "credentials", request.denial);
    const say = (sentence: string) => console.printError(`grantway credentials: ${printable(sentence)}\n`);
    const done = await ("signOut" in request.value
      ? signOutOf(request.value.signOut, ports, say)
      : printCredentials(request.value, ports, argv, console));
    if (done.ok) return exitStatus.ok;
    say(done.denial.sentence);
    return done.denial.kind === "unavailable" ? exitStatus.unavailable : exitStatus.no;
  } finally {
    await ports.close();
  }
}

async function printCredentials(
  asked: GrantRequest,
  ports: CredentialsPorts,
  argv: readonly string[],
  console: Console,
): Promise<Result<undefined, Failure>> {
  const document = await fetchCredentials(asked, ports, argv);
  if (!document.ok) return document;
  console.print(document.value);
  return accept(undefined);
}

/** On standard error: to an SDK, whatever is on standard output is credentials. */
async function signOutOf(
  login: LoginRequest,
  ports: CredentialsPorts,
  say: (sentence: string) => void,
): Promise<Result<undefined, Failure>> {
  const done = await signOut(login, ports.login(login, []));
  if (!done.ok) return done;
  say(done.value);
  return accept(undefined);
}

async function fetchCredentials(
  { url, token }: GrantRequest,
  ports: CredentialsPorts,
  argv: readonly string[],
): Promise<Result<string, Failure>> {
  if ("file" in token) {
    const read = await ports.readToken(token.file);
    if (!read.ok) return refuse({ kind: "refused", sentence: read.denial });
    const granted = await askGateway(url, read.value, ports);
    return granted.ok ? granted.value.document : granted;
  }
  const login = ports.login(token.login, argv);
  const kept = await obtainToken(token.login, login);
  if (!kept.ok) return kept;
  const first = await askGateway(url, kept.value.accessToken, ports);
  if (!first.ok) return first;
  if (first.value.status !== 401 || kept.value.isNew) return first.value.document;
  // The provider may have withdrawn what was kept: once more, with a token that is new.
  const renewed = await obtainToken(token.login, login, kept.value.accessToken);
  if (!renewed.ok) return renewed;
  const second = await askGateway(url, renewed.value.accessToken, ports);
  return second.ok ? second.value.document : second;
}

interface Granted {
  readonly status: number;
  readonly document: Result<string, Failure>;
}

async function askGateway(
  url: string,
  token: string,
  { exchange, clock }: CredentialsPorts,
): Promise<Result<Granted, Failure>> {
  const answer = await exchange({ url, method: "POST", headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) return refuse({ kind: "unavailable", sentence: answer.denial });
  return accept({ status: answer.value.status, document: credentialsDocument(answer.value, clock()) });
}

export const credentials: Command = { usage, run };
