// One count for two gateways, through a real Valkey: what they let in together, what they do while it is down, and what
// rests there.
import { setTimeout } from "node:timers/promises";
import type { RateLimit } from "../../server/core/rate-limit.js";
import { startGateway } from "../../server/main.js";
import { cel } from "../fixtures/expression.js";
import { createLogLines } from "../fixtures/log-lines.js";
import { startStack, withoutProbes, type Stack, type StackOptions } from "../fixtures/stack.js";
import { describeWithValkey, startValkey } from "../fixtures/valkey-server.js";

const perUser: RateLimit = {
  name: "per-user",
  key: cel("claims.sub", "any"),
  window: { requests: 10, milliseconds: 3_600_000 },
};

async function withStack(options: StackOptions, body: (stack: Stack) => Promise<void>): Promise<void> {
  const stack = await startStack(options);
  try {
    await body(stack);
  } finally {
    await stack.close();
  }
}

describeWithValkey("two gateways with one Valkey", () => {
  const sharedBy = (valkey: Awaited<ReturnType<typeof startValkey>>): StackOptions => ({
    adjust: (settings) => ({
      ...withoutProbes(settings),
      rateLimits: [perUser],
      valkey: { ...valkey.settings, password: "sesame-of-the-store" },
    }),
  });
  const told = (lines: readonly { readonly message?: unknown }[], message: string) =>
    lines.filter((line) => line.message === message).length;
  const startServer = () => startValkey(["--requirepass", "sesame-of-the-store"], "sesame-of-the-store");

  test("let in exactly the bound together; while it is down each counts for itself; then together again", async () => {
    const valkey = await startServer();
    const options = sharedBy(valkey);
    await withStack(
      {
        adjust: (settings) => {
          const adjusted = options.adjust?.(settings) ?? settings;
          second.settings = adjusted;
          return adjusted;
        },
      },
      async (stack) => {
        const other = await startOther();
        const both = [stack.url, other.url];
        const until = async (message: string, times: number) => {
          while (told(stack.logLines(), message) < times || told(other.lines(), message) < times)
            await setTimeout(20);
        };
        /** How many of so many calls, shared out among both, are let in. */
        const callBothAs = async (user: string, times: number): Promise<number> => {
          const headers = { authorization: `Bearer ${await stack.issuer.mint(user)}` };
          const calls = Array.from({ length: times }, async (_, at) => {
            const response = await fetch(`${both[at % 2] ?? ""}/hello`, { headers });
            await response.arrayBuffer();
            return response.status;
          });
          const all = await Promise.all(calls);
          expect(all.filter((status) => status !== 200 && status !== 429)).toEqual([]);
          return all.filter((status) => status === 200).length;
        };

        await until("calls are counted in valkey", 1);
        expect(await callBothAs("alice", 30)).toBe(10);

        await valkey.kill();
        await until("valkey cannot be asked", 1);
        expect(await callBothAs("carol", 40)).toBe(20);
        expect((await fetch(`${stack.adminUrl}/readyz`)).status).toBe(200);
        expect(await (await fetch(`${stack.adminUrl}/metrics`)).text()).toMatch(
          /^grantway_rate_limit_store_errors_total [1-9]/m,
        );

        await valkey.start();
        await until("calls are counted in valkey", 2);
        expect(told(stack.logLines(), "valkey cannot be asked")).toBe(1);
        expect(Number(await valkey.command("DBSIZE"))).toBeLessThanOrEqual(1);
        // It came back empty, and what each counted for itself does not count in it.
        expect(await callBothAs("carol", 30)).toBe(10);
        await other.close();
      },
    );
    await valkey.close();
  });

  const second: { settings?: Parameters<typeof startGateway>[0] } = {};
  async function startOther() {
    if (!second.settings) throw new Error("there is no first gateway");
    const { log, lines, assertNoSecrets } = createLogLines();
    const gateway = await startGateway(second.settings, log);
    return {
      url: `http://127.0.0.1:${gateway.port}`,
      lines,
      async close() {
        await gateway.stop();
        assertNoSecrets(["sesame-of-the-store"]);
      },
    };
  }

  test("what rests there is a digest and a number, with an end", async () => {
    const valkey = await startServer();
    await withStack(sharedBy(valkey), async (stack) => {
      while (told(stack.logLines(), "calls are counted in valkey") === 0) await setTimeout(20);
      for (let n = 0; n < 2; n++) await (await stack.fetchAs("alice", "/hello")).arrayBuffer();
      const keys = ((await valkey.command("KEYS", "*")) as string[]).filter(
        (key) => key !== "grantway:probe",
      );
      expect(keys).toEqual([expect.stringMatching(/^grantway:[\w-]{43}$/)]);
      expect(await valkey.command("GET", keys[0] ?? "")).toBe("2");
      expect(Number(await valkey.command("PTTL", keys[0] ?? ""))).toBeGreaterThan(3_000_000);
    });
    await valkey.close();
  });

  test("a gateway that has stopped holds no connection", async () => {
    const valkey = await startServer();
    const clients = async () =>
      String(await valkey.command("CLIENT", "LIST"))
        .split("\n")
        .filter(Boolean).length;
    const before = await clients();
    await withStack(sharedBy(valkey), async (stack) => {
      while (told(stack.logLines(), "calls are counted in valkey") === 0) await setTimeout(20);
      expect(await clients()).toBe(before + 1);
    });
    while ((await clients()) > before) await setTimeout(20);
    await valkey.close();
  });
});
