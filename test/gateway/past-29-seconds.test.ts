// What API Gateway's 29 seconds cut: these two calls really take 40, at the same time, and are the product's reason.
import { startStack, type Stack } from "../fixtures/stack.js";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const seconds = 40;

test.concurrent(
  "a stream of forty seconds arrives line by line, past 29 seconds",
  async () => {
    const startedAt = Date.now();
    const response = await stack.fetchAs("alice", `/long?seconds=${seconds}`);
    const arrivals: number[] = [];
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      arrivals.push(Date.now() - startedAt);
    }
    expect(text.trimEnd().split("\n")).toHaveLength(seconds);
    // Not one lump at the end: lines came on both sides of the mark.
    expect(arrivals[0]).toBeLessThan(10_000);
    expect(arrivals.filter((at) => at > 29_000).length).toBeGreaterThan(5);
    expect(arrivals.length).toBeGreaterThan(seconds / 2);
  },
  90_000,
);

test.concurrent(
  "a call that is silent for forty seconds is answered",
  async () => {
    const startedAt = Date.now();
    const response = await stack.fetchAs("alice", `/long?seconds=${seconds}&silent=1`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain(`${seconds}`);
    expect(Date.now() - startedAt).toBeGreaterThan(29_000);
  },
  90_000,
);
