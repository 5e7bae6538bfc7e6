// How long an idle connection of a client is kept. The load balancer of deploy/aws/ecs.yaml keeps its own for up to
// `LongestCallSeconds`: one that the gateway closes first is a 502 to whoever's request was on its way.
import { keepAliveTimeoutMs } from "../../server/listener.js";
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    adjust: (settings) => ({
      ...settings,
      routes: settings.routes.map((route) => ({ ...route, timeoutMs: 1000 })),
    }),
  });
});
afterAll(() => stack.close());

test.each([
  ["doors", () => stack.url],
  ["admin listener", () => stack.adminUrl],
])(
  "idle connections of the %s are kept for 16 minutes, however short all routes are",
  async (_which, url) => {
    const { headers } = await fetch(`${url()}/livez`);
    expect(headers.get("keep-alive")).toBe(`timeout=${16 * 60}`);
    expect(keepAliveTimeoutMs).toBe(16 * 60_000);
  },
);
