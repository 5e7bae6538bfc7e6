// The client against the whole product: both doors, every kind of body, what it refuses, and AWS's own SDK with its
// credentials.
import { createServer, type Server } from "node:http";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import {
  type CallInit,
  type ClientOptions,
  createClient,
  type Door,
  GrantwayError,
  type TokenCallback,
} from "../../client/client.js";
import { closeAtOnce, listenOn } from "../../deploy/local/loopback.js";
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
let tokens: Record<"alice" | "bob" | "carol", string>;
beforeAll(async () => {
  stack = await startStack();
  const [alice, bob, carol] = await Promise.all(
    ["alice", "bob", "carol"].map((user) => stack.issuer.mint(user)),
  );
  tokens = { alice: alice ?? "", bob: bob ?? "", carol: carol ?? "" };
});
afterAll(() => stack.close());

const doors = ["proxy", "grant"] as const;
const clientOf = (user: keyof typeof tokens, more: Partial<ClientOptions> = {}) =>
  createClient({ gateway: stack.url, token: () => tokens[user], route: "echo", ...more });

interface Event {
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly headers: Record<string, string>;
  readonly requestContext: { readonly http: { readonly method: string }; readonly authorizer: object };
}
const bodyOf = ({ body = "", isBase64Encoded }: Event): string =>
  isBase64Encoded ? Buffer.from(body, "base64").toString() : body;

const form = new FormData();
form.set("name", "naïve");
type Body = NonNullable<RequestInit["body"]>;
const bodies: [title: string, body: Body, seen: string | RegExp, type: RegExp | undefined][] = [
  ["a string", "naïve 😀", "naïve 😀", /^text\/plain;charset=utf-8$/i],
  ["an empty string", "", "", /^text\/plain/],
  ["bytes", new TextEncoder().encode("bytes"), "bytes", undefined],
  ["a part of a buffer", new TextEncoder().encode("abcdef").subarray(2, 4), "cd", undefined],
  ["an ArrayBuffer", new TextEncoder().encode("buffer").buffer, "buffer", undefined],
  ["a Blob", new Blob(["blob"], { type: "text/x-own" }), "blob", /^text\/x-own$/],
  ["a form's fields", new URLSearchParams({ a: "ü" }), "a=%C3%BC", /^application\/x-www-form-urlencoded/],
  ["a form with files", form, /name="name"\r\n\r\nnaïve\r\n/, /^multipart\/form-data; boundary=/],
];

describe.each(doors)("by the %s door", (door) => {
  test("a GET answers, and the function knows for whom it runs", async () => {
    const answer = await clientOf("alice").fetch("/echo/reports/7", { door });
    const event = (await answer.json()) as Event;
    expect([answer.status, event.requestContext.http.method]).toEqual([200, "GET"]);
    expect(JSON.stringify(event.requestContext.authorizer)).toMatch(
      /assumed-role\/grantway-analyst\/local.*alice/,
    );
  });

  test.each(bodies)("a body that is %s arrives with its type", async (_title, body, seen, type) => {
    const answer = await clientOf("alice").fetch("/echo/x", { door, method: "POST", body });
    expect(answer.status).toBe(200);
    const event = (await answer.json()) as Event;
    expect(bodyOf(event)).toEqual(typeof seen === "string" ? seen : expect.stringMatching(seen));
    expect(event.headers["content-type"]).toEqual(type ? expect.stringMatching(type) : undefined);
  });

  test.each(["PUT", "PATCH", "DELETE"])("%s and the caller's own fields arrive", async (method) => {
    const headers = { "content-type": "application/json", "x-own": "two  words", "x-latin": "caf\u00e9" };
    const answer = await clientOf("alice").fetch("/echo/x", { door, method, headers, body: "{}" });
    const event = (await answer.json()) as Event;
    expect(event.requestContext.http.method).toBe(method);
    expect(event.headers).toMatchObject({ "content-type": "application/json", "x-own": "two  words" });
  });

  test("an answer streams as it comes, and aborting ends it in the middle", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const answer = await clientOf("alice").fetch("/long?seconds=30", { door, route: "long", signal });
    const reader = answer.body?.getReader();
    expect((await reader?.read())?.done).toBe(false);
    controller.abort(new Error("enough"));
    await expect(reader?.read()).rejects.toThrow("enough");
  });

  test("a call that was aborted before asks nobody", async () => {
    const asked = jest.fn();
    const client = createClient({ gateway: stack.url, token: asked, fetch: asked });
    const signal = AbortSignal.abort(new Error("no longer wanted"));
    await expect(client.fetch("/echo/x", { door, signal })).rejects.toThrow("no longer wanted");
    expect(asked).not.toHaveBeenCalled();
  });

  test("an error of the token callback reaches the caller", async () => {
    const client = clientOf("alice", { token: () => Promise.reject(new Error("signed out")) });
    await expect(client.fetch("/echo/x", { door })).rejects.toThrow("signed out");
  });

  test.each([[""], [undefined as unknown as string], ["two words"], ["secret\r\nx-evil: 1"]])(
    "what is no token (%j) is refused without a word of it",
    async (token) => {
      const error = await clientOf("alice", { token: () => token })
        .fetch("/echo/x", { door })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: "GrantwayError", code: "token_missing" });
      expect(String(error)).not.toContain("secret");
    },
  );

  test("the authorization field is the client's own", async () => {
    const call = clientOf("alice").fetch("/echo/x", { door, headers: { Authorization: "Bearer mine" } });
    await expect(call).rejects.toMatchObject({
      code: "header_refused",
      message: "The client sets authorization itself",
    });
  });
});

test.each(["Host", "X-Amz-Date", "x-amz-security-token", "X-Amz-Own"])(
  "a signed call refuses the caller's %s",
  async (name) => {
    const call = clientOf("alice").fetch("/echo/x", { door: "grant", headers: { [name]: "1" } });
    await expect(call).rejects.toMatchObject({ code: "header_refused" });
  },
);

test("a stream goes by the proxy door; a signed call refuses it, and bodies that no function takes", async () => {
  const call = (door: "proxy" | "grant", body: Body): Promise<Response> =>
    clientOf("alice").fetch("/echo/x", { door, method: "POST", body, ...{ duplex: "half" } });
  const event = (await (await call("proxy", new Blob(["stream"]).stream())).json()) as Event;
  expect(bodyOf(event)).toBe("stream");
  await expect(call("grant", new Blob(["stream"]).stream())).rejects.toMatchObject({ code: "body_stream" });
  await expect(call("grant", new Uint8Array(6_291_457))).rejects.toMatchObject({ code: "body_too_large" });
  // The largest body that is sent does not fit, with the event around it: that is AWS's to say.
  expect((await call("grant", new Uint8Array(6_291_456))).status).toBe(413);
});

test("what the caller writes into his buffer after the call is not what is sent", async () => {
  const body = new TextEncoder().encode("first");
  const call = clientOf("alice").fetch("/echo/x", { door: "grant", method: "POST", body });
  body.fill(0);
  expect(bodyOf((await (await call).json()) as Event)).toBe("first");
});

test("a refusal by the proxy door is an answer", async () => {
  const answer = await clientOf("bob").fetch("/echo/x");
  expect([answer.status, ((await answer.json()) as { type: string }).type]).toEqual([
    403,
    "urn:grantway:problem:role_not_granted",
  ]);
});

test.each<[string, "alice" | "bob", string | undefined, number, string]>([
  ["another's role", "bob", "echo", 403, "role_not_granted"],
  ["an unknown route", "alice", "no such/route", 404, "route_unknown"],
  ["no route where none is the default", "alice", undefined, 404, "route_unnamed"],
])("a grant for %s is refused with the gateway's own code", async (_title, user, route, status, code) => {
  const client = createClient({ gateway: stack.url, token: () => tokens[user], ...(route && { route }) });
  const error: unknown = await client.grant().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GrantwayError);
  expect(error).toMatchObject({
    code,
    status,
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  });
  expect((error as GrantwayError).problem).toMatchObject({ status, type: `urn:grantway:problem:${code}` });
  expect(JSON.stringify(error) + String(error)).not.toContain(tokens[user]);
});

test("a function that is called by the Invoke API has no URL to sign for", async () => {
  const call = clientOf("alice").fetch("/", { door: "grant", route: "invoke" });
  await expect(call).rejects.toMatchObject({ code: "target_unsupported" });
});

test("a stage of API Gateway is signed for below its path", async () => {
  const answer = await clientOf("alice").fetch("/api/items/7?x=1", { door: "grant", route: "api" });
  expect([answer.status, await answer.json()]).toEqual([
    200,
    expect.objectContaining({ path: "/api/items/7" }),
  ]);
});

test("the grant and the credentials are one, and AWS's SDK takes them", async () => {
  const client = clientOf("alice");
  const [grant, credentials] = await Promise.all([client.grant(), client.credentials()()]);
  expect(grant.FuncUrl).toBe(stack.aws.functionUrls.get("grantway-echo"));
  expect(credentials).toEqual({
    accessKeyId: grant.AccessKeyId,
    secretAccessKey: grant.SecretAccessKey,
    sessionToken: grant.SessionToken,
    expiration: new Date(grant.Expiration),
    accountId: "123456789012",
  });
  const sts = new STSClient({
    region: grant.Region,
    endpoint: stack.aws.endpoint,
    credentials: client.credentials(),
  });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toMatch(/assumed-role\/grantway-analyst\//);
});

test("two clients of two users never share a session", async () => {
  const [alice, carol] = await Promise.all([clientOf("alice").grant(), clientOf("carol").grant()]);
  expect(alice.AccessKeyId).not.toBe(carol.AccessKeyId);
});

test.each([
  "gw.example.com",
  "ftp://gw.example.com",
  "https://user@gw.example.com",
  "https://gw.example.com/?a=1",
  "",
])("%j is no gateway", (gateway) =>
  expect(() => createClient({ gateway, token: () => "" })).toThrow("`gateway` must be"),
);

describe("from JavaScript", () => {
  test.each([undefined, "jwt"])("no client is made with %j for a token callback", (token) => {
    expect(() => clientOf("alice", { token: token as unknown as TokenCallback })).toThrow(
      expect.objectContaining({ name: "GrantwayError", code: "token_missing" }) as Error,
    );
  });

  test.each([
    ["grants", undefined],
    ["proxy", "Grant"],
  ])("a client's door %j, overridden by %j, is refused and nothing is sent", async (usual, door) => {
    const asked = jest.fn();
    const client = clientOf("alice", { token: asked, fetch: asked, door: usual as Door });
    const call = client.fetch("/echo/x", { ...(door && { door: door as Door }) });
    await expect(call).rejects.toMatchObject({
      name: "GrantwayError",
      code: "door_invalid",
      message: "`door` must be proxy or grant",
    });
    expect(asked).not.toHaveBeenCalled();
  });
});

describe("redirects", () => {
  let server: Server;
  let origin: string;
  let visits: string[];
  beforeEach(async () => {
    visits = [];
    server = createServer((request, response) => {
      visits.push(request.url ?? "");
      response.writeHead(302, { location: "/elsewhere" }).end();
    });
    origin = `http://127.0.0.1:${await listenOn(server, 0)}`;
  });
  afterEach(() => closeAtOnce(server));

  test("a signed call does not carry the session to where a function points", async () => {
    const client = clientOf("alice", { fetch: redirecting() });
    const answer = await client.fetch("/x", { door: "grant" });
    expect([answer.status, visits]).toEqual([302, ["/x"]]);
    // As JavaScript passes on an option that it was not given.
    const unset = { door: "grant", redirect: undefined } as unknown as CallInit;
    expect([(await client.fetch("/x", unset)).status, visits]).toEqual([302, ["/x", "/x"]]);
    await expect(client.fetch("/x", { door: "grant", redirect: "follow" })).rejects.toMatchObject({
      code: "redirect_refused",
    });
  });

  test("the grant door's redirect is no grant, and the token does not follow it", async () => {
    const client = createClient({ gateway: origin, token: () => tokens.alice, route: "echo" });
    await expect(client.grant()).rejects.toMatchObject({ code: "grant_invalid", status: 302 });
    expect(visits).toEqual(["/grant/echo"]);
  });

  /** The gateway is the real one, the function is the server here. */
  const redirecting = (): typeof fetch => async (input, init) => {
    const answer = await fetch(input, init);
    if (!(input as string).includes("/grant/")) return answer;
    return Response.json({ ...((await answer.json()) as object), FuncUrl: `${origin}/` });
  };
});
