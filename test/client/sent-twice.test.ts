// Which calls are sent a second time: those of which it is certain that nothing has run, once, and no others.
import { type Client, createClient } from "../../client/client.js";
import {
  type Call,
  createFakeGateway,
  dateOf,
  type FakeGateway,
  functionUrl,
  gateway,
  problem,
  tokenOf,
} from "./fake-gateway.js";

let fake: FakeGateway;
let client: Client;
const minutes = 60_000;
const [old, fresh] = [tokenOf({ sub: "alice", jti: "old" }), tokenOf({ sub: "alice", jti: "new" })];
const bob = tokenOf({ sub: "bob" });

beforeEach(() => {
  fake = createFakeGateway();
  const token = (hint?: { refused: string }): string => (hint ? fresh : old);
  client = createClient({ gateway, route: "reports", token, fetch: fake.fetch, clock: fake.clock });
});

const awsRefusal = (type: string, message: string): Response =>
  new Response(JSON.stringify({ message }), { status: 403, headers: { "x-amzn-errortype": type } });
const expired = (): Response =>
  awsRefusal("ExpiredTokenException", "The security token included in the request is expired");
const skewed = (): Response => awsRefusal("InvalidSignatureException", "Signature expired: ...");

const signedAt = ({ headers }: Call): number =>
  Date.parse(
    (headers.get("x-amz-date") ?? "").replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
const keyOf = ({ headers }: Call): string | undefined =>
  /Credential=(\w+)\//.exec(headers.get("authorization") ?? "")?.[1];
const isCall = ({ url }: Call): boolean => url.startsWith(functionUrl);
const bodyText = ({ body }: Call): string => Buffer.from(body as ArrayBuffer).toString();

describe("by the grant door", () => {
  const post = (): Promise<Response> => client.fetch("/x", { door: "grant", method: "POST", body: "once" });

  test("a session that AWS calls over is got anew, once", async () => {
    await client.grant();
    // The device slept for two hours and its clock has not noticed; AWS's has.
    fake.aheadMs = 120 * minutes;
    fake.answer = (call) => (isCall(call) && keyOf(call) === "ASIA1" ? expired() : undefined);
    expect(await (await post()).text()).toBe("done");
    expect(fake.calls.map(keyOf)).toEqual(["ASIA1", "ASIA2"]);
    expect(fake.calls.map(bodyText)).toEqual(["once", "once"]);
  });

  test("a session that is over again is the answer", async () => {
    fake.lifetimeMs = 5_000;
    fake.answer = (call) => (isCall(call) ? expired() : undefined);
    expect((await post()).status).toBe(403);
    expect([fake.calls.length, fake.grants.length]).toEqual([2, 2]);
  });

  test.each([
    ["behind", 7 * minutes],
    ["ahead", -7 * minutes],
  ])("a clock that is %s is corrected by what the refusal says", async (_title, aheadMs) => {
    await client.grant();
    fake.aheadMs = aheadMs;
    fake.answer = (call) =>
      isCall(call) && Math.abs(signedAt(call) - fake.now - fake.aheadMs) > 5 * minutes ? skewed() : undefined;
    expect((await post()).status).toBe(200);
    expect([fake.calls.length, fake.grants.length]).toEqual([2, 1]);
    await post();
    expect(fake.calls).toHaveLength(3);
  });

  test("a clock that stays wrong is refused, not asked for ever", async () => {
    fake.answer = (call) => {
      if (!isCall(call)) return undefined;
      fake.aheadMs += 20 * minutes;
      return skewed();
    };
    expect((await post()).status).toBe(403);
    expect(fake.calls).toHaveLength(2);
  });

  // A function may set any field and any date but the one that says when it answered.
  test.each<[string, () => Response]>([
    ["403 of its own", () => new Response("no", { status: 403 })],
    ["403 that looks like an expired session", expired],
    ["403 that looks like a wrong clock", skewed],
    ["401", () => problem(401, "token_invalid")],
    ["500", () => new Response("", { status: 500 })],
    ["503", () => new Response("", { status: 503, headers: { "retry-after": "1" } })],
    ["429", () => awsRefusal("TooManyRequestsException", "Rate Exceeded.")],
    ["refusal of a permission", () => awsRefusal("AccessDeniedException", "Forbidden")],
    [
      "refusal of a signature",
      () => awsRefusal("InvalidSignatureException", "The request signature we calculated ..."),
    ],
  ])("a function's %s is the answer", async (_title, answer) => {
    fake.answer = (call) => (isCall(call) ? answer() : undefined);
    const { status } = answer();
    expect((await post()).status).toBe(status);
    expect([fake.calls.length, fake.grants.length]).toEqual([1, 1]);
  });

  test.each([
    [4, 1],
    [6, 2],
  ])("where the clocks are %i minutes apart, the call is sent %i times", async (apart, times) => {
    await client.grant();
    fake.aheadMs = apart * minutes;
    fake.answer = (call) => (isCall(call) && fake.calls.length === 1 ? skewed() : undefined);
    await post();
    expect(fake.calls).toHaveLength(times);
  });

  test("a call of who has signed out meanwhile is not sent again as whoever has signed in", async () => {
    let current = old;
    client = createClient({ gateway, token: () => current, fetch: fake.fetch, clock: fake.clock });
    await client.grant();
    fake.aheadMs = 120 * minutes;
    fake.answer = (call) => {
      if (isCall(call)) current = bob;
      return isCall(call) ? expired() : undefined;
    };
    expect((await post()).status).toBe(403);
    expect(fake.calls.map(keyOf)).toEqual(["ASIA1"]);
    fake.answer = () => undefined;
    await post();
    expect(fake.grants.map(({ token }) => token)).toEqual([old, bob]);
  });

  test("a grant that was refused to one is not got with the token of another", async () => {
    client = createClient({ gateway, token: (hint) => (hint ? bob : old), fetch: fake.fetch });
    fake.answer = ({ token }) => (token === old ? problem(401, "token_invalid") : undefined);
    await expect(post()).rejects.toMatchObject({ code: "token_invalid" });
    expect(fake.calls).toEqual([]);
  });

  test("a call that broke off is not sent again: it may have run", async () => {
    fake.answer = (call) => (isCall(call) ? Promise.reject(new TypeError("terminated")) : undefined);
    await expect(post()).rejects.toThrow("terminated");
    expect(fake.calls).toHaveLength(1);
  });
});

describe("the clock of the grant answer", () => {
  const signedWith = async (aheadMs: number): Promise<number> => {
    fake.aheadMs = aheadMs;
    await client.fetch("/x", { door: "grant" });
    const [call] = fake.calls;
    return call ? signedAt(call) - fake.now : NaN;
  };

  test.each([-3 * 3_600_000, -20_000, 20_000, 3 * 3_600_000])(
    "corrects signatures that would be %i ms off",
    async (ms) => {
      expect(Math.abs((await signedWith(ms)) - ms)).toBeLessThanOrEqual(1_000);
    },
  );

  test("is not believed below a second, which it does not show", async () => {
    fake.now += 400;
    expect(await signedWith(300)).toBe(-400);
  });

  test("is not believed after a way so long that the device may have slept", async () => {
    fake.answer = () => {
      fake.now += 31_000;
      return undefined;
    };
    fake.lifetimeMs = 3_600_000;
    fake.aheadMs = 7 * minutes;
    await client.grant();
    fake.answer = () => undefined;
    expect(await signedWith(7 * minutes)).toBe(0);
  });

  test("that cannot be read changes nothing", async () => {
    fake.answer = (call) => {
      if (isCall(call)) return undefined;
      const answer = Response.json({
        ...{
          AccessKeyId: "A",
          SecretAccessKey: "s",
          SessionToken: "t",
          Region: "r",
          Service: "lambda",
          RoleArn: "r",
        },
        FuncUrl: functionUrl,
        Expiration: new Date(fake.now + 3_600_000).toISOString(),
      });
      answer.headers.set("date", "unreadable");
      return answer;
    };
    expect(await signedWith(0)).toBe(0);
  });

  test("judges the end of a grant, too", async () => {
    fake.aheadMs = -3 * 3_600_000;
    const { Expiration } = await client.grant();
    expect(Date.parse(Expiration)).toBeLessThan(fake.now);
    expect([(await client.grant()).AccessKeyId, dateOf(fake)]).toEqual(["ASIA1", expect.any(String)]);
  });
});

describe("by the proxy door", () => {
  const post = (body: NonNullable<RequestInit["body"]> = "once"): Promise<Response> =>
    client.fetch("/x", { method: "POST", body, ...{ duplex: "half" } });

  test("a token that the gateway refuses is asked for anew, and the call sent again with its body", async () => {
    fake.answer = ({ token }) => (token === old ? problem(401, "token_invalid") : undefined);
    expect((await post()).status).toBe(200);
    expect(fake.calls.map(({ token, body }) => [token, body])).toEqual([
      [old, "once"],
      [fresh, "once"],
    ]);
  });

  test("a second refusal is the answer", async () => {
    fake.answer = () => problem(401, "token_invalid");
    const answer = await post();
    expect([answer.status, (await answer.json()) as object]).toEqual([
      401,
      expect.objectContaining({ status: 401 }),
    ]);
    expect(fake.calls).toHaveLength(2);
  });

  test.each([
    ["another user", bob],
    ["nobody who can be told", "opaque"],
  ])("a call of one is not sent again with the token of %s", async (_title, next) => {
    client = createClient({ gateway, token: (hint) => (hint ? next : old), fetch: fake.fetch });
    fake.answer = ({ token }) => (token === old ? problem(401, "token_invalid") : undefined);
    expect((await post()).status).toBe(401);
    expect(fake.calls).toHaveLength(1);
  });

  test("new claims of the same user are no reason not to send it again", async () => {
    const next = tokenOf({ sub: "alice", jti: "new", groups: ["analysts"], uti: "x" });
    client = createClient({ gateway, token: (hint) => (hint ? next : old), fetch: fake.fetch });
    fake.answer = ({ token }) => (token === old ? problem(401, "token_invalid") : undefined);
    expect((await post()).status).toBe(200);
  });

  const foreign = (): Response => {
    const answer = problem(401, "token_invalid");
    answer.headers.set("x-request-id", "another");
    return answer;
  };
  test.each<[string, () => Response]>([
    [
      "a function's own 401",
      () => new Response("", { status: 401, headers: { "www-authenticate": "Bearer" } }),
    ],
    ["a function's 401 that it got from a gateway of its own", foreign],
    ["a 403", () => problem(403, "role_not_granted")],
    ["a 503", () => problem(503, "overloaded")],
  ])("%s is the answer", async (_title, answer) => {
    fake.answer = answer;
    expect((await post()).status).toBe(answer().status);
    expect(fake.calls).toHaveLength(1);
  });

  test("a stream, whose bytes are gone, is not sent again", async () => {
    fake.answer = () => problem(401, "token_invalid");
    expect((await post(new Blob(["stream"]).stream())).status).toBe(401);
    expect(fake.calls).toHaveLength(1);
  });
});
