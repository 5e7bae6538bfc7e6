// A verifier with one session, and requests signed for it by aws4 (the gateway's signer), to be bent by a test.
import aws4 from "aws4";
import type { Caller, Outcome, SignedRequest } from "../../../../deploy/local/aws/model.js";
import { createSessions } from "../../../../deploy/local/aws/sessions.js";
import { createVerifier, type Verify } from "../../../../deploy/local/aws/sigv4/verify-request.js";
import { now, sampleRole } from "../iam/sample-caller.js";

export const region = "eu-west-1";

export interface Twin {
  readonly verify: Verify;
  readonly caller: Caller;
  setNow(ms: number): void;
}

export function startTwin(): Twin {
  let ms = now;
  const clock = (): number => ms;
  const sessions = createSessions({ clock });
  const caller = sessions.mint(sampleRole("analyst"), { sessionName: "alice", durationSeconds: 3600 });
  return {
    verify: createVerifier({ sessions, clock, region }),
    caller,
    setNow: (value) => void (ms = value),
  };
}

export interface ToSign {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly service?: string;
  readonly region?: string;
  /** 20261121T120000Z */
  readonly date?: string;
}

/** What aws4 puts on the wire for a request to https://reports.example. */
export function signWithAws4(session: Caller, request: ToSign = {}): SignedRequest {
  const { method = "GET", target = "/", headers = {}, body = "", service = "lambda" } = request;
  const signed = aws4.sign(
    {
      host: "reports.example",
      method,
      path: target,
      service,
      region: request.region ?? region,
      ...(body === "" ? {} : { body }),
      headers: { "X-Amz-Date": request.date ?? "20261121T120000Z", ...headers },
    },
    session,
  );
  return {
    method,
    target: signed.path ?? target,
    rawHeaders: Object.entries(signed.headers ?? {}).flatMap(([name, value]) => [name, String(value)]),
    body: Buffer.from(body),
  };
}

/** The same request with a header replaced, or removed by `undefined`. */
export function withHeader(
  request: SignedRequest,
  name: string,
  change: (value: string) => string | undefined,
): SignedRequest {
  const rawHeaders = request.rawHeaders.flatMap((text, index, all) => {
    if (index % 2 === 1) return [];
    const value = all[index + 1] ?? "";
    if (text.toLowerCase() !== name) return [text, value];
    const changed = change(value);
    return changed === undefined ? [] : [text, changed];
  });
  return { ...request, rawHeaders };
}

export const addHeader = (request: SignedRequest, name: string, value: string): SignedRequest => ({
  ...request,
  rawHeaders: [...request.rawHeaders, name, value],
});

export const refusalOf = (outcome: Outcome<Caller>): string =>
  outcome.ok ? "accepted" : `${outcome.error.status} ${outcome.error.type}: ${outcome.error.message}`;
