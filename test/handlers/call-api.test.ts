// The function that calls an API, against a server of the test's own; with the API it is deployed with, the twin runs it
// in test/deploy/local/call-api.test.ts.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { fetchGreeting, type Fetched } from "../../handlers/call-api/fetch-greeting.js";
import { handler } from "../../handlers/call-api/handler.js";
import { closeAtOnce, listenOn } from "../../deploy/local/loopback.js";

type Answer = (req: IncomingMessage, res: ServerResponse) => void;

const environment = (port: number, more: object = {}) => ({
  API_URL: `http://127.0.0.1:${port}/prod`,
  AWS_ACCESS_KEY_ID: "ASIAEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_SESSION_TOKEN: "token",
  AWS_REGION: "eu-west-1",
  ...more,
});

async function fetchFrom(answer: Answer, waitMs?: number): Promise<Fetched> {
  const server = createServer(answer);
  const port = await listenOn(server, 0);
  try {
    return await fetchGreeting(environment(port), waitMs);
  } finally {
    await closeAtOnce(server);
  }
}

const say =
  (status: number, body: string): Answer =>
  (_req, res) =>
    void res.writeHead(status, { "content-type": "application/json" }).end(body);

test("it asks for /greeting with a signature for execute-api that covers its session's token", async () => {
  const asked: IncomingMessage[] = [];
  const fetched = await fetchFrom((req, res) => {
    asked.push(req);
    say(200, '{"message":"hi"}')(req, res);
  });
  expect(fetched).toEqual({ kind: "greeting", message: "hi" });
  expect(asked.map(({ method, url }) => [method, url])).toEqual([["GET", "/prod/greeting"]]);
  expect(asked[0]?.headers["x-amz-security-token"]).toBe("token");
  expect(asked[0]?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=[a-z0-9;-]*x-amz-security-token/,
  );
});

test.each<[title: string, answer: Answer, why: RegExp]>([
  ["a refusal", say(403, '{"Message":"User: x"}'), /^403 .*User: x/],
  ["an outage, which is not tried again", say(500, "{}"), /^500/],
  ["no JSON", say(200, "<html>"), /no JSON/],
  ["null", say(200, "null"), /no JSON object/],
  ["no message", say(200, '{"message":1}'), /no message/],
  ["too much", say(200, JSON.stringify({ message: "x".repeat(70_000) })), /over 65536/],
  ["a redirect", (_req, res) => void res.writeHead(302, { location: "/elsewhere" }).end(), /./],
  ["a connection that breaks", (req) => void req.socket.destroy(), /./],
])("%s is a failure with its reason", async (_title, answer, why) => {
  expect(await fetchFrom(answer)).toEqual({ kind: "failed", why: expect.stringMatching(why) as unknown });
});

test("an answer that does not come is late", async () => {
  expect(await fetchFrom(() => undefined, 50)).toEqual({ kind: "late" });
});

test.each(["", "http://api.example.com/prod", "http://127.0.0.1.example.com/prod", "ftp://x"])(
  "API_URL %j is refused before anything is sent",
  async (API_URL) => {
    expect(await fetchGreeting(environment(1, { API_URL }))).toMatchObject({ kind: "failed" });
  },
);

test("what the API said stays in the log: the caller reads a sentence", async () => {
  const logged = jest.spyOn(console, "error").mockImplementation(() => undefined);
  const server = createServer(say(403, '{"Message":"User: arn:aws:sts::123456789012:assumed-role/r/s"}'));
  const before = process.env;
  process.env = { ...before, ...environment(await listenOn(server, 0)) };
  try {
    expect(await handler()).toMatchObject({
      statusCode: 502,
      body: '{"message":"the API could not be called"}',
    });
    expect(String(logged.mock.calls)).toContain("assumed-role/r/s");
  } finally {
    process.env = before;
    logged.mockRestore();
    await closeAtOnce(server);
  }
});
