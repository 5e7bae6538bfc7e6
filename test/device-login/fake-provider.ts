// A provider for sign-ins without a network: answers from a list, a clock that moves only by waiting, and a terminal
// that remembers.
import type { JsonAnswer, JsonRequest } from "../../server/adapters/exchange-json.js";
import { accept, refuse, type Result } from "../../server/core/result.js";
import type { LoginPorts, LoginRequest } from "../../server/device-login/ports.js";
import type { Tokens } from "../../server/device-login/tokens.js";

export const login: LoginRequest = { issuer: "https://op.example", clientId: "cli", scope: "openid" };

export const metadata = {
  issuer: login.issuer,
  token_endpoint: "https://op.example/token",
  device_authorization_endpoint: "https://op.example/device",
};
export const begun = {
  device_code: "dc",
  user_code: "WDJB-MJHT",
  verification_uri: "https://op.example/go",
  verification_uri_complete: "https://op.example/go?c=WDJB-MJHT",
  expires_in: 600,
  interval: 5,
};
export const granted = { access_token: "new", token_type: "Bearer", expires_in: 3600, refresh_token: "r2" };

type Said = object | number | "outage";

/** By the last part of the path; each is used up but for the last of its list. A number is a status without JSON. */
export type Script = Readonly<Record<string, readonly Said[]>>;

export interface FakeWorld extends LoginPorts {
  readonly sent: JsonRequest[];
  readonly waited: number[];
  readonly shown: string[];
  kept: Tokens | undefined;
}

export function fakeWorld(script: Script, kept?: Tokens, hasTerminal = true): FakeWorld {
  const left = new Map(
    Object.entries({ "openid-configuration": [metadata], device: [begun], ...script }).map(
      ([name, answers]) => [name, [...answers]],
    ),
  );
  const [sent, waited, shown]: [JsonRequest[], number[], string[]] = [[], [], []];
  let now = 0;
  const world: FakeWorld = {
    sent,
    waited,
    shown,
    kept,
    command: "grantway credentials --the-very-command",
    clock: () => now,
    wait: (milliseconds) => {
      waited.push(milliseconds / 1_000);
      now += milliseconds;
      return Promise.resolve();
    },
    exchange: (request) => {
      sent.push(request);
      const answers = left.get(request.url.split("/").at(-1) ?? "") ?? [];
      return Promise.resolve(answer(answers.length > 1 ? answers.shift() : answers[0]));
    },
    store: {
      read: () => accept(world.kept),
      write: (tokens) => {
        world.kept = tokens;
        return accept(undefined);
      },
      remove: () => {
        const isKept = world.kept !== undefined;
        world.kept = undefined;
        return accept(isKept);
      },
      alone: (run) => run({ stillHere: () => undefined, asksPerson: () => undefined }),
    },
    openTerminal: () =>
      hasTerminal ? { print: (text) => void shown.push(text), close: () => undefined } : undefined,
  };
  return world;
}

function answer(said: Said | undefined): Result<JsonAnswer, string> {
  if (said === undefined || said === "outage") return refuse("https://op.example failed: ECONNREFUSED");
  if (typeof said === "number") return accept({ status: said, body: undefined });
  return accept({ status: "error" in said ? 400 : 200, body: said });
}
