// AWS SDKs as they are, with two variables and no code of ours: AWS_CONTAINER_CREDENTIALS_FULL_URI and
// AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, over TLS, and on across an expiry.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsClient } from "aws4fetch";
import { startMovedTime, type MovedTime } from "../fixtures/moved-time.js";
import { startSdkProcess, type SdkProcess } from "../fixtures/sdk-process.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { startTlsFront, type TlsFront } from "../fixtures/tls-front.js";

const minute = 60_000;
const alice = "arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.alice";
const hello = "arn:aws:lambda:eu-west-1:123456789012:function:grantway-hello:live";

const greeting = JSON.stringify({ message: "hello world" });

let time: MovedTime;
let stack: Stack;
let front: TlsFront;
let folder: string;
let tokenFile: string;
let sdk: SdkProcess;
/** AssumeRole and GetCallerIdentity. */
let askedOfSts: number;

beforeEach(async () => {
  time = startMovedTime();
  askedOfSts = 0;
  stack = await startStack({
    fault: () => {
      askedOfSts += 1;
      return undefined;
    },
  });
  front = await startTlsFront(stack.url);
  folder = mkdtempSync(join(tmpdir(), "grantway-token-"));
  tokenFile = join(folder, "token");
});
afterEach(async () => {
  await sdk.close();
  await front.close();
  await stack.close();
  time.restore();
  rmSync(folder, { recursive: true });
});

const startSdk = async (route = "/grant/jobs"): Promise<void> => {
  sdk = await startSdkProcess({
    AWS_CONTAINER_CREDENTIALS_FULL_URI: front.url + route,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
    NODE_EXTRA_CA_CERTS: front.certificateFile,
    AWS_ENDPOINT_URL: stack.aws.endpoint,
    AWS_REGION: "eu-west-1",
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  });
};
const newToken = async (): Promise<string> => {
  const token = await stack.issuer.mint("alice");
  writeFileSync(tokenFile, token);
  return token;
};
const moveTime = async (byMs: number): Promise<void> => {
  time.move(byMs);
  await sdk.moveClock(byMs);
};
const tokensSent = () => front.passed.map(({ authorization }) => authorization);

test("an SDK calls Lambda and STS as the caller of its token", async () => {
  await newToken();
  await startSdk();
  expect(await sdk.invoke(hello)).toBe(greeting);
  expect(await sdk.identity()).toBe(alice);
});

test("across an expiry it comes again by itself, and calls on with the new token's session", async () => {
  const first = await newToken();
  await startSdk();
  expect(await sdk.invoke(hello)).toBe(greeting);
  const firstKey = await sdk.accessKeyId();
  expect(await sdk.invoke(hello)).toBe(greeting);
  expect(tokensSent()).toEqual([first]);

  const granted = await grantedTo(first);
  expect(granted.AccessKeyId).toBe(firstKey);
  await moveTime(61 * minute);
  expect(await statusWith(granted)).toBe(403);

  const second = await newToken();
  expect(await sdk.invoke(hello)).toBe(greeting);
  expect(tokensSent()).toEqual([first, second]);
  expect(await sdk.accessKeyId()).not.toBe(firstKey);
});

test("an SDK comes again five minutes before the end, and gets a session of full length", async () => {
  // It outlives any session, so that the session is not bound to this token.
  writeFileSync(tokenFile, await stack.issuer.mint("alice", { exp: Date.now() / 1000 + 86_400 }));
  await startSdk();
  await sdk.invoke(hello);
  const [firstKey, before] = [await sdk.accessKeyId(), askedOfSts];
  await moveTime(54 * minute);
  expect(await sdk.invoke(hello)).toBe(greeting);
  expect([front.passed.length, askedOfSts - before]).toEqual([1, 0]);
  await moveTime(2 * minute);
  // It does so beside the call, which still goes out with what it has.
  while ((await sdk.accessKeyId()) === firstKey) expect(await sdk.invoke(hello)).toBe(greeting);
  await moveTime(54 * minute);
  expect(await sdk.invoke(hello)).toBe(greeting);
  expect([front.passed.length, askedOfSts - before]).toEqual([2, 1]);
});

test("an SDK that comes again and again while its token is the old one costs no AssumeRole", async () => {
  const first = await newToken();
  await startSdk();
  await sdk.invoke(hello);
  const [key, before] = [await sdk.accessKeyId(), askedOfSts];
  await moveTime(56 * minute);
  for (let use = 0; use < 3; use += 1) {
    const again = front.next();
    expect(await sdk.invoke(hello)).toBe(greeting);
    expect(await again).toMatchObject({ authorization: first, status: 200 });
  }
  expect(await sdk.accessKeyId()).toBe(key);
  expect(askedOfSts).toBe(before);
});

type Granted = Readonly<Record<"AccessKeyId" | "SecretAccessKey" | "SessionToken", string>>;

const grantedTo = async (token: string): Promise<Granted> =>
  (await (await fetch(`${stack.url}/grant/jobs`, { headers: { authorization: token } })).json()) as Granted;

/** AWS's answer to a call with these credentials. */
async function statusWith({ AccessKeyId, SecretAccessKey, SessionToken }: Granted): Promise<number> {
  const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const signer = new AwsClient({ ...keys, region: "eu-west-1", service: "lambda", retries: 0 });
  const url = `${stack.aws.endpoint}/2015-03-31/functions/${encodeURIComponent(hello)}/invocations`;
  return (await signer.fetch(url, { method: "POST", body: "{}" })).status;
}
