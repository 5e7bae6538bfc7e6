// A gateway and its function URLs as a `fetch` function, with a clock that is turned by hand: for what takes an hour or
// an outage to see.
import type { Grant } from "../../client/client.js";

export interface Call {
  readonly url: string;
  readonly token: string | undefined;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface FakeGateway {
  /** The device's clock. */
  now: number;
  /** How far AWS's and the gateway's clock are ahead of it. */
  aheadMs: number;
  lifetimeMs: number;
  readonly calls: Call[];
  readonly grants: Call[];
  /** Instead of the usual answer; nothing: the usual one. */
  answer: (call: Call) => Response | Promise<Response> | undefined;
  readonly fetch: typeof fetch;
  readonly clock: () => number;
}

export const gateway = "https://gw.example.com";
export const functionUrl = "https://abc.lambda-url.eu-west-1.on.aws/";
const requestId = "01234567-89ab-4cde-8f01-23456789abcd";

export function createFakeGateway(): FakeGateway {
  const fake: FakeGateway = {
    now: Date.UTC(2026, 10, 21, 12),
    aheadMs: 0,
    lifetimeMs: 3_600_000,
    calls: [],
    grants: [],
    answer: () => undefined,
    clock: () => fake.now,
    fetch: async (input, init) => {
      const call = callOf(input as string, init);
      (call.url.includes("/grant/") ? fake.grants : fake.calls).push(call);
      await Promise.resolve();
      init?.signal?.throwIfAborted();
      const answer = (await fake.answer(call)) ?? usual(call, fake);
      if (!answer.headers.has("date")) answer.headers.set("date", dateOf(fake));
      return answer;
    },
  };
  return fake;
}

function callOf(url: string, init: RequestInit = {}): Call {
  const headers = new Headers(init.headers);
  const token = /^Bearer (.*)$/.exec(headers.get("authorization") ?? "")?.[1];
  return { url, token, headers, body: init.body };
}

export const dateOf = ({ now, aheadMs }: FakeGateway): string => new Date(now + aheadMs).toUTCString();

const usual = ({ url }: Call, fake: FakeGateway): Response =>
  url.includes("/grant/") ? Response.json(grantOf(fake)) : new Response("done");

const grantOf = ({ now, aheadMs, lifetimeMs, grants }: FakeGateway): Grant => ({
  AccessKeyId: `ASIA${grants.length}`,
  SecretAccessKey: "secret",
  SessionToken: "session",
  Expiration: new Date(now + aheadMs + lifetimeMs).toISOString(),
  Region: "eu-west-1",
  Service: "lambda",
  FuncUrl: functionUrl,
  RoleArn: "arn:aws:iam::123456789012:role/analyst",
});

/** The gateway's own refusal. */
export const problem = (status: number, code: string): Response =>
  new Response(
    JSON.stringify({
      type: `urn:grantway:problem:${code}`,
      title: "Refused",
      status,
      detail: "The gateway says no.",
      instance: `urn:uuid:${requestId}`,
    }),
    { status, headers: { "content-type": "application/problem+json", "x-request-id": requestId } },
  );

/** An unsigned JWT: nothing here verifies one. */
export const tokenOf = (claims: object): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;
