// The grant door, end to end: token in, credentials out, and what AWS then does with them.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { AwsClient } from "aws4fetch";
import { rawRequest, requestText } from "../fixtures/raw-http.js";
import { startStack, type Stack } from "../fixtures/stack.js";

interface Granted {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  readonly Token: string;
  readonly Expiration: string;
  readonly Region: string;
  readonly Service: string;
  readonly FuncUrl: string;
  readonly RoleArn: string;
  readonly Version: number;
}

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const grantTo = async (user: string, route: string): Promise<Granted> =>
  (await (await stack.fetchAs(user, `/grant/${route}`, { method: "POST" })).json()) as Granted;

/** Signs with what the grant door gave; a signer that is not ours. */
const signerOf = (granted: Granted): AwsClient =>
  new AwsClient({
    accessKeyId: granted.AccessKeyId,
    secretAccessKey: granted.SecretAccessKey,
    sessionToken: granted.SessionToken,
    region: granted.Region,
    service: granted.Service,
    retries: 0,
  });

const callSigned = (granted: Granted, url: string): Promise<Response> => signerOf(granted).fetch(url);

test("credentials granted to alice call the function URL that they name", async () => {
  const granted = await grantTo("alice", "hello");
  expect(granted).toMatchObject({
    Version: 1,
    Region: "eu-west-1",
    Service: "lambda",
    RoleArn: "arn:aws:iam::123456789012:role/grantway-analyst",
    AccountId: "123456789012",
    FuncUrl: stack.aws.functionUrls.get("grantway-hello"),
  });
  expect(granted.Token).toBe(granted.SessionToken);
  const response = await callSigned(granted, granted.FuncUrl);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ message: "hello world" });
});

test("credentials granted for one route are refused at another route's function", async () => {
  const granted = await grantTo("alice", "echo");
  const response = await callSigned(granted, (await grantTo("alice", "hello")).FuncUrl);
  expect(response.status).toBe(403);
  expect(response.headers.get("x-amzn-errortype")).toBe("AccessDeniedException");
});

test("the same URL is refused unsigned", async () => {
  const { FuncUrl } = await grantTo("alice", "hello");
  expect((await fetch(FuncUrl)).status).toBe(403);
});

test("AWS names the caller in the granted session", async () => {
  const granted = await grantTo("alice", "hello");
  const sts = new STSClient({
    region: granted.Region,
    endpoint: stack.aws.endpoint,
    credentials: {
      accessKeyId: granted.AccessKeyId,
      secretAccessKey: granted.SecretAccessKey,
      sessionToken: granted.SessionToken,
    },
  });
  const identity = await sts.send(new GetCallerIdentityCommand({}));
  expect(identity.Arn).toBe("arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.alice");
});

test("two callers get two sessions, and the same caller the same one again", async () => {
  const [alice, again, carol] = [
    await grantTo("alice", "hello"),
    await grantTo("alice", "hello"),
    await grantTo("carol", "hello"),
  ];
  expect(carol.AccessKeyId).not.toBe(alice.AccessKeyId);
  // A new token may end later, and then the session does too: same caller, same token, same session.
  const token = await stack.issuer.mint("alice");
  const [first, second] = [await bareGrant(token), await bareGrant(token)];
  expect(second.AccessKeyId).toBe(first.AccessKeyId);
  expect(again.FuncUrl).toBe(alice.FuncUrl);
});

const bareGrant = async (token: string): Promise<Granted> =>
  (await (await fetch(`${stack.url}/grant/hello`, { headers: { authorization: token } })).json()) as Granted;

test("a bare JWT is taken, as AWS SDKs send their token file", async () => {
  expect(await bareGrant(await stack.issuer.mint("alice"))).toMatchObject({ Version: 1 });
});

test("the reply is never later than the token's end, and never stored", async () => {
  const exp = Math.floor(Date.now() / 1000) + 120;
  const response = await fetch(`${stack.url}/grant/hello`, {
    headers: { authorization: `Bearer ${await stack.issuer.mint("alice", { exp })}` },
  });
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("content-type")).toContain("application/json");
  const granted = (await response.json()) as Granted;
  expect(Date.parse(granted.Expiration)).toBe(exp * 1000);
  expect((await callSigned(granted, granted.FuncUrl)).status).toBe(200);
});

test("bob, who is in no group, is told so in the problem's and in the SDKs' words", async () => {
  const response = await stack.fetchAs("bob", "/grant/hello", { method: "POST" });
  expect(response.status).toBe(403);
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  expect(await response.json()).toMatchObject({
    type: "urn:grantway:problem:role_not_granted",
    status: 403,
    instance: `urn:uuid:${response.headers.get("x-request-id") ?? ""}`,
    Code: "role_not_granted",
    Message: "No role is granted to this caller for this route.",
  });
});

test.each([
  ["/grant", "route_unnamed", "Name the route: /grant/{route name}."],
  ["/grant/nothing", "route_unknown", "No route that grants credentials has this name."],
  ["/grant/hello/more", "route_unknown", "No route matches this request."],
])("%s answers 404, in the SDKs' words too, while many routes grant", async (path, code, message) => {
  const response = await stack.fetchAs("alice", path);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ Code: code, Message: message });
});

test("only GET and POST ask for a grant", async () => {
  const response = await stack.fetchAs("alice", "/grant/hello", { method: "DELETE" });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("GET, POST");
});

test("a call signed for one function URL is refused at another URL's address", async () => {
  const granted = await grantTo("alice", "hello");
  const signed = await signerOf(granted).sign(granted.FuncUrl);
  const elsewhere = new URL(stack.aws.functionUrls.get("grantway-echo") ?? "");
  const answer = await rawRequest(
    elsewhere.origin,
    requestText(
      "GET / HTTP/1.1",
      `Host: ${new URL(granted.FuncUrl).host}`,
      ...Array.from(signed.headers, ([name, value]) => `${name}: ${value}`),
      "Connection: close",
    ),
  );
  expect(answer.status).toBe(403);
  // Not the longer text that a caller without permission gets: the function of that address was not even asked for.
  expect(answer.body).toContain('{"Message":"Forbidden"}');
});
