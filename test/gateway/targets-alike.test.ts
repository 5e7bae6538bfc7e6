// One Hono app, called through one gateway behind each kind of target: what the caller sees is the same. Where AWS
// itself makes a difference it stands here, with the target that makes it.
import { createHash } from "node:crypto";
import { startAlike, type Alike } from "./targets-alike/start-alike.js";

/** The first segment of a path chooses the target. */
const targets = ["url", "invoke", "stream", "stage"] as const;
type TargetName = (typeof targets)[number];

let alike: Alike;
beforeAll(async () => {
  alike = await startAlike();
});
afterAll(() => alike.close());

interface Call {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer<ArrayBuffer>;
}

interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** What a program that calls an API looks at; dates, ids and lengths are each call's own. */
const compared = [
  ...["content-type", "location", "etag", "cache-control", "vary", "retry-after", "x-reason"],
  ...["www-authenticate", "x-amzn-remapped-www-authenticate"],
];

async function callBehind(
  target: TargetName,
  { path, method = "GET", headers = {}, body }: Call,
): Promise<Seen> {
  const answer = await alike.fetch(`/${target}${path}`, {
    ...{ method, headers },
    ...(body !== undefined && { body }),
  });
  const present = compared.filter((name) => answer.headers.has(name));
  const cookies = answer.headers.getSetCookie();
  return {
    status: answer.status,
    headers: {
      ...Object.fromEntries(present.map((name) => [name, answer.headers.get(name) ?? ""])),
      ...(cookies.length > 0 && { "set-cookie": cookies }),
    },
    body: Buffer.from(await answer.arrayBuffer()).toString("latin1"),
  };
}

const sha256 = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");
const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const utf8 = (text: string): string => Buffer.from(text).toString("latin1");
const json = "application/json";
const plain = "text/plain; charset=UTF-8";

const seen = (path: string, more: object = {}): string =>
  utf8(
    JSON.stringify({
      ...{ path, queries: {}, note: null, caller: "alice", authorization: null, cookies: {} },
      ...more,
    }),
  );
const bodySeen = (method: string, type: string | null, body: string | Buffer): string =>
  JSON.stringify({ method, type, length: Buffer.byteLength(body), sha256: sha256(body) });

interface Row {
  readonly call: Call;
  readonly seen: Seen;
  /** What AWS makes different behind one target. */
  readonly differs?: Readonly<Partial<Record<TargetName, Partial<Seen>>>>;
}

const typed = (type: string, more: Seen["headers"] = {}): Seen["headers"] => ({
  "content-type": type,
  ...more,
});
const told = (body: string, status = 200): Seen => ({ status, headers: typed(json), body });
const text = { "content-type": "text/plain" };

const rows: Readonly<Record<string, Row>> = {
  "a path": { call: { path: "/seen/x" }, seen: told(seen("/seen/x")) },
  "a path with spaces, brackets and UTF-8": {
    call: { path: "/seen/a%20b/(c)/%E8%8A%B1" },
    seen: told(seen("/seen/a b/(c)/花")),
  },
  "a path with a slash, a percent sign and a plus in a segment": {
    call: { path: "/seen/a%2Fb/d%25e+f" },
    seen: told(seen("/seen/a%2Fb/d%25e+f")),
  },
  "a query with repeats, spaces and nothing": {
    call: { path: "/seen/x?x=1&x=2&y=a%20b&z=&%E8%8A%B1=%26" },
    seen: told(seen("/seen/x", { queries: { x: ["1", "2"], y: ["a b"], z: [""], 花: ["&"] } })),
  },
  "header fields and cookies": {
    call: { path: "/seen/x", headers: { "x-note": "hello", cookie: "a=1; b=2" } },
    seen: told(seen("/seen/x", { note: "hello", cookies: { a: "1", b: "2" } })),
  },
  "a claim to be somebody else": {
    call: { path: "/seen/x", headers: { "x-caller-sub": "bob" } },
    seen: told(seen("/seen/x")),
  },
  "a text": {
    call: { path: "/body", method: "POST", body: "naïve", headers: text },
    seen: told(bodySeen("POST", "text/plain", "naïve"), 201),
  },
  "a JSON text": {
    call: { path: "/body", method: "PUT", body: '{"a":"\\u0000"}', headers: { "content-type": json } },
    seen: told(bodySeen("PUT", json, '{"a":"\\u0000"}'), 201),
  },
  bytes: {
    call: { path: "/body", method: "PATCH", body: allBytes, headers: { "content-type": "image/png" } },
    seen: told(bodySeen("PATCH", "image/png", allBytes), 201),
  },
  "a text that is no UTF-8": {
    call: { path: "/body", method: "POST", body: Buffer.from([0x61, 0xff, 0xfe]), headers: text },
    seen: told(bodySeen("POST", "text/plain", Buffer.from([0x61, 0xff, 0xfe])), 201),
  },
  "no body": {
    call: { path: "/body", method: "DELETE" },
    seen: told(bodySeen("DELETE", null, ""), 201),
  },
  "a text in answer": {
    call: { path: "/text" },
    seen: { status: 200, headers: typed("text/plain;charset=UTF-8"), body: utf8("naïve – 花子 🎈") },
  },
  "bytes in answer": {
    call: { path: "/bytes" },
    seen: { status: 200, headers: typed("image/png"), body: allBytes.toString("latin1") },
  },
  "two cookies in answer": {
    call: { path: "/cookies" },
    seen: {
      status: 200,
      headers: typed(json, {
        "set-cookie": ["a=1; Path=/; HttpOnly", "b=2; Expires=Wed, 21 Oct 2037 07:28:00 GMT"],
      }),
      body: '{"set":true}',
    },
  },
  "header fields in answer": {
    call: { path: "/tagged" },
    seen: {
      status: 200,
      headers: typed(plain, { etag: '"v1"', "cache-control": "max-age=60", vary: "accept" }),
      body: "t",
    },
  },
  "a redirect": {
    call: { path: "/away" },
    seen: { status: 303, headers: typed(json, { location: "/elsewhere?x=1" }), body: "" },
    // Where the app gives none, a buffered answer is taken for JSON and a stream for bytes.
    differs: {
      stream: { headers: typed("application/octet-stream", { location: "/elsewhere?x=1" }) },
    },
  },
  "an answer that is empty": {
    call: { path: "/empty" },
    seen: { status: 204, headers: typed(json), body: "" },
    // The gateway makes no type up for what is not there.
    differs: { invoke: { headers: {} }, stream: { headers: {} } },
  },
  "the app's own 403": { call: { path: "/refused" }, seen: told('{"message":"Forbidden"}', 403) },
  "the app's own 404": {
    call: { path: "/nowhere" },
    seen: { status: 404, headers: typed(plain), body: "404 Not Found" },
  },
  "the app's own challenge": {
    call: { path: "/challenged" },
    seen: {
      status: 401,
      headers: typed(plain, { "x-amzn-remapped-www-authenticate": 'Basic realm="app"' }),
      body: "who?",
    },
    // Behind the Invoke API nobody remaps it.
    differs: Object.fromEntries(
      ["invoke", "stream"].map((name) => [
        name,
        { headers: typed(plain, { "www-authenticate": 'Basic realm="app"' }) },
      ]),
    ),
  },
  "the app's own 503": {
    call: { path: "/broken" },
    seen: {
      status: 503,
      headers: typed(json, { "retry-after": "7", "x-reason": "testing" }),
      body: '{"error":"teapot"}',
    },
  },
  "the head of a text": {
    call: { path: "/text", method: "HEAD" },
    seen: { status: 200, headers: typed("text/plain;charset=UTF-8"), body: "" },
  },
  "the methods of a text": {
    call: { path: "/text", method: "OPTIONS" },
    seen: { status: 404, headers: typed(plain), body: "404 Not Found" },
  },
};

describe.each(targets)("behind %s", (target) => {
  test.each(Object.entries(rows))("%s", async (_, { call, seen: expected, differs = {} }) => {
    expect(await callBehind(target, call)).toEqual({ ...expected, ...differs[target] });
  });
});

/** API Gateway answers 500 here, and the gateway 502. */
const lambdas = targets.filter((target) => target !== "stage");

test.each(lambdas)("bytes that are too many as an event's base64 are 413 behind %s", async (target) => {
  const answer = await alike.fetch(`/${target}/body`, {
    method: "POST",
    body: Buffer.alloc(4_720_000),
    headers: { "content-type": "image/png" },
  });
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({
    type: "urn:grantway:problem:body_too_large",
    detail: expect.stringContaining("6291456 bytes of JSON") as string,
  });
});
