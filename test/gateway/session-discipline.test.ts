// Sessions end to end: how often STS is asked, who gets whose session, and from where a granted one works.
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from "aws-lambda";
import { AwsClient } from "aws4fetch";
import type { StsFault } from "../../deploy/local/aws/sts/create-sts.js";
import type { RoleRule } from "../../server/core/model.js";
import { callerBudget } from "../../server/obtain-session.js";
import { cel } from "../fixtures/expression.js";
import { startStack, withoutProbes, type Stack, type StackOptions } from "../fixtures/stack.js";

/** `asked`: how many requests STS has had. */
async function withStack(
  { fault, ...options }: Omit<StackOptions, "fault"> & { fault?: StsFault },
  body: (stack: Stack, sts: { asked: number }) => Promise<void>,
): Promise<void> {
  const sts = { asked: 0 };
  const count = () => {
    sts.asked += 1;
    return fault;
  };
  const adjust: NonNullable<StackOptions["adjust"]> = (settings) =>
    withoutProbes(options.adjust?.(settings) ?? settings);
  const stack = await startStack({ ...options, adjust, fault: count });
  try {
    await body(stack, sts);
  } finally {
    await stack.close();
  }
}

const withRule = (changes: Partial<RoleRule>): NonNullable<StackOptions["adjust"]> => {
  const change = (rule: RoleRule) => ({ ...rule, ...changes });
  return (settings) => ({
    ...settings,
    routes: settings.routes.map((route) => ({ ...route, roles: route.roles.map(change) })),
  });
};

test("100 simultaneous first requests of one caller are one AssumeRole", () =>
  withStack({}, async (stack, sts) => {
    const all = await Promise.all(Array.from({ length: 100 }, () => stack.fetchAs("alice", "/hello")));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(sts.asked).toBe(1);
  }));

test("200 interleaved calls of two callers each run as the one who called", () =>
  withStack({}, async (stack, sts) => {
    const users = Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? "alice" : "carol"));
    const seen = await Promise.all(
      users.map(async (user) => {
        const response = await stack.fetchAs(user, `/echo/${user}`);
        const event = (await response.json()) as APIGatewayProxyEventV2WithIAMAuthorizer;
        return event.requestContext.authorizer.iam.userArn.split("/").at(-1);
      }),
    );
    expect(seen).toEqual(users.map((user) => `local.${user}`));
    expect(sts.asked).toBe(2);
  }));

test("a caller whom STS refuses does not reach it with each request", () =>
  withStack({ fault: "deny" }, async (stack, sts) => {
    for (let n = 0; n < 5; n++) {
      const response = await stack.fetchAs("alice", "/hello");
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ type: "urn:grantway:problem:session_refused" });
    }
    expect(sts.asked).toBe(1);
  }));

test("STS that drops connections is tried three times, whoever waits", () =>
  withStack({ fault: "drop" }, async (stack, sts) => {
    const all = await Promise.all(Array.from({ length: 10 }, () => stack.fetchAs("alice", "/hello")));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([503]));
    expect(sts.asked).toBe(3);
  }));

test("callers who wait for a slow STS wait for one AssumeRole", () => {
  let goOn: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  return withStack({ fault: { slow } }, async (stack, sts) => {
    const all = Array.from({ length: 10 }, () => stack.fetchAs("alice", "/hello"));
    // Ten calls are in flight once another listener of the same process has answered.
    await fetch(`${stack.adminUrl}/metrics`);
    goOn();
    expect(new Set((await Promise.all(all)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(sts.asked).toBe(1);
  });
});

test(
  "a caller who asks for one session after another gets 429, and another caller notices nothing",
  () =>
    withStack(
      { adjust: withRule({ sessionName: cel('claims.sub + "-" + route.params.proxy') }) },
      async (stack, sts) => {
        // On a slow machine a call or two come back into the budget meanwhile.
        let n = 1;
        let refused = await stack.fetchAs("alice", `/echo/${n}`);
        while (refused.status === 200 && n < 3 * callerBudget.capacity) {
          refused = await stack.fetchAs("alice", `/echo/${++n}`);
        }
        expect(n).toBeGreaterThan(callerBudget.capacity);
        expect(refused.status).toBe(429);
        expect(refused.headers.get("retry-after")).toMatch(/^[123]$/);
        expect(await refused.json()).toMatchObject({ type: "urn:grantway:problem:rate_exceeded" });
        expect((await stack.fetchAs("alice", "/echo/1")).status).toBe(200);
        expect((await stack.fetchAs("carol", "/echo/1")).status).toBe(200);
        // All but the refused one, and carol's.
        expect(sts.asked).toBe(n);
      },
    ),
  20_000,
);

describe("bindSourceIp", () => {
  /** The status of a call to the function URL from this machine, with what a caller at `forwardedFor` was granted. */
  async function callWithGrantOf(stack: Stack, forwardedFor?: string): Promise<number> {
    const headers = forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor };
    const granted = await stack.fetchAs("alice", "/grant/hello", { method: "POST", headers });
    const credentials = (await granted.json()) as Record<string, string>;
    const signer = new AwsClient({
      accessKeyId: credentials.AccessKeyId ?? "",
      secretAccessKey: credentials.SecretAccessKey ?? "",
      sessionToken: credentials.SessionToken ?? "",
      region: "eu-west-1",
      service: "lambda",
      retries: 0,
    });
    return (await signer.fetch(credentials.FuncUrl ?? "")).status;
  }

  const bound: StackOptions["adjust"] = (settings) => {
    const { listen, ...rest } = withRule({ bindSourceIp: true })(settings);
    return { ...rest, listen: { ...listen, trustProxy: 1 } };
  };

  test("lets a granted session work from the caller's own address only", () =>
    withStack({ adjust: bound }, async (stack) => {
      expect(await callWithGrantOf(stack)).toBe(200);
      expect(await callWithGrantOf(stack, "203.0.113.9")).toBe(403);
      expect(await callWithGrantOf(stack, "203.0.113.9, 127.0.0.1")).toBe(200);
    }));

  test("is off by default", () =>
    withStack({}, async (stack) => {
      expect(await callWithGrantOf(stack, "203.0.113.9")).toBe(200);
    }));

  test("refuses a caller whose address is not one", () =>
    withStack({ adjust: bound }, async (stack) => {
      const response = await stack.fetchAs("alice", "/grant/hello", {
        method: "POST",
        headers: { "x-forwarded-for": "_hidden" },
      });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ Code: "claim_unrepresentable" });
    }));
});

test("the metrics and the log say what the sessions are", () =>
  withStack({}, async (stack) => {
    const response = await stack.fetchAs("alice", "/hello");
    await response.text();
    const metrics = await (await fetch(`${stack.adminUrl}/metrics`)).text();
    for (const name of ["packed_policy_size_percent", "session_token_bytes"]) {
      expect(metrics).toContain(`grantway_${name}_count{rule="analyst"} 1`);
    }
    expect(metrics).toContain('grantway_assume_role_duration_seconds_count{outcome="ok"} 1');
    const requestId = response.headers.get("x-request-id");
    expect(stack.logLines().find((line) => line.requestId === requestId)).toMatchObject({
      assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/grantway-analyst/local.alice",
    });
  }));
