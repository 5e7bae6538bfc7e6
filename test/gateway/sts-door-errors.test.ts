// What an SDK makes of the /sts door's refusals: the name of the error, and whether it tries again.
import { AssumeRoleWithWebIdentityCommand, type STSServiceException } from "@aws-sdk/client-sts";
import type { Settings } from "../../server/config/compile.js";
import { startStack, type Stack, type StackOptions } from "../fixtures/stack.js";
import { analystArn, stsClient } from "../fixtures/sts-caller.js";

interface Asked {
  readonly token?: (stack: Stack) => Promise<string>;
  readonly path?: string;
  readonly RoleArn?: string;
  readonly RoleSessionName?: string;
  readonly DurationSeconds?: number;
  readonly Policy?: string;
}

interface Failure {
  readonly name: string;
  readonly status: number | undefined;
  readonly message: string;
  /** What the gateway saw: one request, or as many as the client tries. */
  readonly tries: number;
}

const now = (): number => Math.floor(Date.now() / 1000);

async function failureOf(stack: Stack, { token, path = "", ...asked }: Asked): Promise<Failure> {
  const before = callsSeen(stack);
  const command = new AssumeRoleWithWebIdentityCommand({
    RoleArn: analystArn,
    RoleSessionName: "laptop",
    WebIdentityToken: await (token ? token(stack) : stack.issuer.mint("alice")),
    ...asked,
  });
  const error = await stsClient(`${stack.url}/sts${path}`, undefined, 3)
    .send(command)
    .then(
      () => Promise.reject(new Error("it was given a session")),
      (caught: unknown) => caught as STSServiceException,
    );
  return {
    name: error.name,
    status: error.$metadata.httpStatusCode,
    message: error.message,
    tries: callsSeen(stack) - before,
  };
}

const callsSeen = (stack: Stack): number =>
  stack.logLines().filter(({ requestId }) => requestId !== undefined).length;

const manyRoutes = (settings: Settings): Settings => {
  const [hello] = settings.routes;
  if (hello?.target.kind !== "functionUrl") throw new Error("the first route has a function URL");
  const { target } = hello;
  const more = Array.from({ length: 20 }, (_, at) => ({
    ...hello,
    name: `hello-${at}`,
    segments: [{ kind: "literal" as const, text: `hello-${at}` }],
    target: { ...target, functionArn: `${target.functionArn.replace(":live", "")}-${at}:live` },
  }));
  return { ...settings, routes: [...settings.routes, ...more] };
};

describe("where the caller is at fault, one try and", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.close());

  const policy = (Resource: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Action: "lambda:InvokeFunctionUrl", Resource },
    });

  test.each<[string, Asked, string, number]>([
    ["a token that is none", { token: () => Promise.resolve("none") }, "InvalidIdentityTokenException", 400],
    [
      "a token that somebody else signed",
      { token: async ({ issuer }) => `${(await issuer.mint("alice")).slice(0, -10)}AAAAAAAAAA` },
      "InvalidIdentityTokenException",
      400,
    ],
    [
      "a token for another API",
      { token: ({ issuer }) => issuer.mint("alice", { aud: "https://other.example" }) },
      "InvalidIdentityTokenException",
      400,
    ],
    [
      "a token that has run out",
      { token: ({ issuer }) => issuer.mint("alice", { exp: now() - 600 }) },
      "ExpiredTokenException",
      400,
    ],
    ["a caller without a role", { token: ({ issuer }) => issuer.mint("bob") }, "AccessDenied", 403],
    ["a made-up role", { RoleArn: "arn:aws:iam::123456789012:role/nobodys" }, "AccessDenied", 403],
    [
      "another role of the account",
      { RoleArn: "arn:aws:iam::123456789012:role/grantway-gateway" },
      "AccessDenied",
      403,
    ],
    ["a role that is too short", { RoleArn: "arn:aws:iam::1" }, "ValidationError", 400],
    ["a session name that STS refuses", { RoleSessionName: "a b" }, "ValidationError", 400],
    ["a second too little", { DurationSeconds: 899 }, "ValidationError", 400],
    ["a second too much", { DurationSeconds: 43_201 }, "ValidationError", 400],
    ["a policy that is none", { Policy: "{" }, "MalformedPolicyDocumentException", 400],
    ["a wider policy", { Policy: policy("*") }, "AccessDenied", 403],
    ["a route that is not there", { path: "/nothing" }, "ResourceNotFound", 404],
    ["a route whose caller an authorizer knows", { path: "/partner" }, "ResourceNotFound", 404],
    ["a path below a route", { path: "/hello/more" }, "ResourceNotFound", 404],
  ])("%s", async (_, asked, name, status) => {
    expect(await failureOf(stack, asked)).toMatchObject({ name, status, tries: 1 });
  });

  test("nobody can tell a role of another rule from one that is not there", async () => {
    const told = await Promise.all(
      ["grantway-gateway", "nobodys"].map((role) =>
        failureOf(stack, { RoleArn: `arn:aws:iam::123456789012:role/${role}` }),
      ),
    );
    const [one, other] = told.map(({ name, status, message }) => ({ name, status, message }));
    expect(one).toEqual(other);
    expect(one?.message).toBe("Not authorized to perform sts:AssumeRoleWithWebIdentity");
  });
});

describe("otherwise", () => {
  const withStack = async (options: StackOptions, asked: Asked = {}): Promise<Failure> => {
    const stack = await startStack(options);
    return failureOf(stack, asked).finally(() => stack.close());
  };

  test("keys that cannot be had are IDPCommunicationError, and asked for again", async () => {
    const failure = await withStack({
      // Port 1 of loopback: nobody listens there.
      adjust: (settings) => ({
        ...settings,
        issuers: settings.issuers.map((issuer) => ({ ...issuer, jwksUri: "http://127.0.0.1:1/keys" })),
      }),
    });
    expect(failure).toMatchObject({ name: "IDPCommunicationErrorException", status: 400, tries: 3 });
  });

  test.each([
    ["throttles", "throttle", "Throttling", 400, 3],
    ["gives no answer", "drop", "ServiceUnavailable", 503, 3],
    ["refuses", "deny", "AccessDenied", 403, 1],
  ] as const)("an STS that %s", async (_, fault, name, status, tries) => {
    expect(await withStack({ fault: () => fault })).toMatchObject({ name, status, tries });
  });

  test("more routes than a policy holds are PackedPolicyTooLarge, unless one is named", async () => {
    const stack = await startStack({ adjust: manyRoutes });
    expect(await failureOf(stack, {})).toMatchObject({
      name: "PackedPolicyTooLargeException",
      status: 400,
      tries: 1,
      message: expect.stringContaining("/sts/{route name}") as string,
    });
    const token = await stack.issuer.mint("alice");
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: analystArn,
      RoleSessionName: "laptop",
      WebIdentityToken: token,
    });
    expect(await stsClient(`${stack.url}/sts/hello-7`).send(command)).toHaveProperty("Credentials");
    await stack.close();
  });

  test("routes that need different sessions are to be named", async () => {
    const failure = await withStack({
      adjust: (settings) => ({
        ...settings,
        routes: settings.routes.map((route, at) =>
          at > 0
            ? route
            : { ...route, roles: route.roles.map((role) => ({ ...role, durationSeconds: 900 })) },
        ),
      }),
    });
    expect(failure).toMatchObject({
      name: "ValidationError",
      tries: 1,
      message: expect.stringContaining("/sts/{route name}") as string,
    });
  });
});
