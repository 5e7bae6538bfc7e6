// The real things behind `grantway credentials`: the network, the terminal, the person's state folder, and the file
// with a token, which is read up to a bound.
import { createReadStream } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { createExchangeJson } from "../adapters/exchange-json.js";
import { accept, refuse, type Result } from "../core/result.js";
import { codeOf } from "../device-login/private-file.js";
import { stateFolder } from "../device-login/state-folder.js";
import { openTerminal } from "../device-login/terminal.js";
import { createTokenStore, noTokenStore } from "../device-login/token-store.js";
import type { Console } from "./console.js";
import { credentialsCommand } from "./credentials-command.js";
import type { CredentialsPorts } from "./credentials.js";

/** Far over the gateway's own limit, `limits.tokenBytes`. */
const maxFileBytes = 65_536;
/** RFC 7515 3.1. Whether it is one that the gateway takes is the gateway's to say. */
const compactJwt = /^[\w-]+\.[\w-]+\.[\w-]+$/;

export function openCredentialsPorts({ env, clock }: Pick<Console, "env" | "clock">): CredentialsPorts {
  const { exchange, close } = createExchangeJson();
  const waiting = { clock, wait: (milliseconds: number) => pause(milliseconds) };
  return {
    exchange,
    clock,
    readToken: readTokenFile,
    login: (login, argv) => {
      const command = credentialsCommand(argv, process);
      const folder = stateFolder(env);
      const store = folder.ok ? createTokenStore(folder.value, login, waiting) : noTokenStore(folder.denial);
      return { exchange, ...waiting, store, openTerminal, command };
    },
    close,
  };
}

async function readTokenFile(file: string): Promise<Result<string, string>> {
  const name = file === "-" ? "standard input" : file;
  const text = await readBounded(file);
  if (!text.ok) return refuse(`${name} ${text.denial}`);
  const token = text.value.trim();
  if (token === "") return refuse(`${name} is empty: it should hold the caller's token`);
  if (compactJwt.test(token)) return accept(token);
  return refuse(`${name} holds no JWT: that is three parts in base64url, with a dot between them`);
}

async function readBounded(file: string): Promise<Result<string, string>> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    const stream = file === "-" ? process.stdin : createReadStream(file);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxFileBytes) return refuse(`holds more than ${maxFileBytes} bytes: that is no token`);
      chunks.push(chunk);
    }
    return accept(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    return refuse(`cannot be read: ${codeOf(error)}`);
  }
}
