// What comes back from Valkey is not what was asked for: nobody goes uncounted, and no password is told.
import { retryAfterMs } from "../../server/adapters/valkey-link.js";
import {
  countTimes,
  letIn,
  openReplica,
  openShared,
  tenAMinute,
  told,
  type Replica,
} from "../fixtures/valkey-replica.js";
import { until } from "../fixtures/until.js";
import { counted, startScriptedValkey, type ScriptedValkey } from "../fixtures/scripted-valkey.js";

let server: ScriptedValkey;
const start = async (...[answer]: Parameters<typeof startScriptedValkey>) =>
  (server = await startScriptedValkey(answer));
afterEach(() => server.close());

test.each([
  ["text", "+OK\r\n"],
  ["a number alone", ":5\r\n"],
  ["nothing", "$-1\r\n"],
  ["an empty list", "*0\r\n"],
  ["a list of nothing", "*2\r\n$-1\r\n$-1\r\n"],
  ["a list with an error in it", "*2\r\n-ERR no\r\n:60000\r\n"],
  ["a count below the one call", "*2\r\n:0\r\n:60000\r\n"],
  ["another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n"],
])("a count that is answered with %s is an outage: this process counts", async (_, answer) => {
  const replica = openReplica((await start(() => answer)).settings);
  await until(() => replica.errors() > 2);
  expect(replica.messages()).toEqual([told.down]);
  expect(letIn(await countTimes(12, replica))).toBe(10);
});

/** One that shares, and is answered so from then on. */
async function openCounted(later: string): Promise<Replica> {
  let answer = counted;
  const { settings } = await start(() => answer);
  const replica = await openShared(settings);
  answer = later;
  return replica;
}

test("nobody waits longer than a window is, whatever end the server names", async () => {
  const replica = await openCounted("*2\r\n:11\r\n:99999999999\r\n");
  expect(await countTimes(2, replica)).toEqual([60_000, 60_000]);
});

test("after an answer that nobody asked for the connection is made anew, and tried before it counts", async () => {
  const { settings, connections } = await start((_, connection) =>
    connection === 1 ? counted + counted : counted,
  );
  const replica = openReplica(settings);
  await until(() => connections() === 2 && replica.windows.isShared);
  expect(replica.messages()).toEqual([told.down, told.up]);
});

test.each([
  ["AUTH", "auth", { username: "gate", password: "battery-staple" }],
  ["SELECT", "select", { database: 3 }],
])("where %s is refused nothing is counted there, though counting is answered", async (_, refused, more) => {
  const { settings } = await start((command) => (command === refused ? "-NOPERM no\r\n" : counted));
  const replica = openReplica({ ...settings, ...more });
  await until(() => replica.errors() > 3);
  expect(replica.messages()).toEqual([told.down]);
  expect(replica.windows.isShared).toBe(false);
});

const password = "battery-staple-".repeat(30);

test.each([
  ["AUTH, but for its beginning", "auth", password.slice(4, 14)],
  ["a command after AUTH, being out of step", "eval", password.slice(0, 120)],
])("what a server repeats of the password, to %s, is not told", async (_, repeats, part) => {
  const text = `-ERR unknown command 'AUTH', with args beginning with: '${part}\r\n`;
  const { settings } = await start((command) => (command === repeats ? text : "+OK\r\n"));
  const replica = openReplica({ ...settings, password });
  await until(() => replica.errors() > 1);
  expect(replica.text()).toContain("AUTH was refused: ERR");
  expect(replica.text()).not.toContain("staple");
});

test("a server that ends each connection is told of as that", async () => {
  const replica = openReplica((await start(() => undefined)).settings);
  await until(() => replica.errors() > 1);
  expect(replica.text()).toContain("the connection was closed");
});

test("who was told to wait is asked for again after the clock was set back, and not before", async () => {
  let calls = 0;
  const { settings } = await start(() => (calls++ === 0 ? counted : "*2\r\n:11\r\n:60000\r\n"));
  const replica = await openShared(settings);
  await countTimes(1, replica);
  expect(replica.windows.count("acme", tenAMinute)).toBe(60_000);
  replica.time.now -= 3_600_000;
  expect(await replica.windows.count("acme", tenAMinute)).toBe(60_000);
  expect(calls).toBe(3);
});

test("a window that is full and names no end is an outage", async () => {
  const replica = await openCounted("*2\r\n:11\r\n$-1\r\n");
  expect(await countTimes(1, replica)).toEqual([0]);
  expect(replica.messages()).toEqual([told.up, told.down]);
});

test("one that was closed tells of no outage, and counts here", async () => {
  const replica = await openShared((await start(() => counted)).settings);
  replica.windows.close();
  await until(() => !replica.windows.isShared);
  expect(letIn(await countTimes(12, replica))).toBe(10);
  expect([replica.messages(), replica.errors()]).toEqual([[told.up], 0]);
});

test("a connection is tried again after a second, later after up to five", () => {
  const waits = [0, 1, 2, 3, 50, 5_000].map((failures) => retryAfterMs(failures));
  expect(waits).toEqual([1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
});
