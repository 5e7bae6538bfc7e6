// Timers of what runs beside the calls: they act, can be called off, and keep no process.
import { afterUnreferenced } from "../../server/adapters/after.js";
import { createLoadLines } from "../../server/adapters/load-lines.js";
import { createTaskProtection } from "../../server/adapters/task-protection.js";

const log = { info: () => undefined, warn: () => undefined };
const callsInFlight = new Set<object>();
/** Of those that keep this process. */
const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

test("acts once, when it is time", async () => {
  let acted = 0;
  await new Promise<void>((resolve) => {
    afterUnreferenced(0, () => {
      acted++;
      resolve();
    });
    // It keeps nothing, so this must.
    setTimeout(() => undefined, 50);
  });
  expect(acted).toBe(1);
});

test("and not when it is called off", async () => {
  let acted = 0;
  afterUnreferenced(0, () => acted++)();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(acted).toBe(0);
});

const beside: readonly [string, () => { close(): unknown }][] = [
  [
    "task protection",
    () => createTaskProtection({ agentUri: "http://127.0.0.1:9", callsInFlight, log, clock: Date.now }),
  ],
  ["the lines of the load", () => createLoadLines({ callsInFlight, log })],
];

test.each(beside)("%s does not keep the process that only waits", async (_what, create) => {
  const before = timers();
  const created = create();
  expect(timers()).toBe(before);
  await created.close();
});
