// The tokens of a sign-in in the person's own state folder, one file for each LoginRequest. AWS credentials are never
// among them. A file that makes no sense is as none: the next sign-in writes it anew.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { refuse, accept, type Result } from "../core/result.js";
import { isJsonObject, parseJson } from "../core/strict-json.js";
import { alone, type Waiting } from "./lock.js";
import type { Failure, LoginRequest, TokenStore } from "./ports.js";
import { makePrivateFolder, readPrivateFile, removePrivateFile, writePrivateFile } from "./private-file.js";
import { isToken, type Tokens } from "./tokens.js";

/** Where the person has no state folder. */
export function noTokenStore(sentence: string): TokenStore {
  const none = refuse<Failure>({ kind: "refused", sentence });
  return { read: () => none, write: () => none, remove: () => none, alone: () => Promise.resolve(none) };
}

export function createTokenStore(folder: string, login: LoginRequest, waiting: Waiting): TokenStore {
  const path = join(folder, `${nameOf(login)}.json`);
  const { issuer, clientId } = login;
  return {
    read: () => {
      const text = readPrivateFile(path);
      return text.ok ? accept(text.value === undefined ? undefined : parseTokens(text.value)) : failed(text);
    },
    // Whose tokens these are is for the person who looks at the file.
    write: (tokens) => failed(writePrivateFile(path, `${JSON.stringify({ issuer, clientId, ...tokens })}\n`)),
    remove: () => failed(removePrivateFile(path)),
    alone: async (run, onAsking) => {
      const made = makePrivateFolder(folder);
      if (!made.ok) return failed(made);
      const ran = await alone(`${path}.lock`, waiting, run, onAsking);
      return ran.ok ? ran.value : failed(ran);
    },
  };
}

/** Hashed: a scope is no file name. */
function nameOf({ issuer, clientId, scope, resource, audience }: LoginRequest): string {
  const request = JSON.stringify([issuer, clientId, scope, resource ?? null, audience ?? null]);
  return createHash("sha256").update(request).digest("hex").slice(0, 32);
}

function parseTokens(text: string): Tokens | undefined {
  const kept = parseJson(text);
  if (!isJsonObject(kept)) return undefined;
  const { accessToken, obtainedAt, expiresAt, refreshToken } = kept;
  if (!isToken(accessToken) || typeof obtainedAt !== "number" || typeof expiresAt !== "number")
    return undefined;
  return { accessToken, obtainedAt, expiresAt, ...(isToken(refreshToken) && { refreshToken }) };
}

/** `refused`: it is for the person to mend. */
function failed<T>(result: Result<T, string>): Result<T, Failure> {
  return result.ok ? result : refuse({ kind: "refused", sentence: result.denial });
}
