// One count for several processes, by a real server; and what becomes of the count when it cannot be asked.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import { startTcpServer } from "../fixtures/tcp-server.js";
import { countTimes, letIn, openReplica, openShared, tenAMinute, told } from "../fixtures/valkey-replica.js";
import { until } from "../fixtures/until.js";
import { chooseDescribe, describeWithValkey, findValkey, startValkey } from "../fixtures/valkey-server.js";
import { valkeyAt } from "../fixtures/valkey-settings.js";

describeWithValkey("with a server", () => {
  test("two processes let in exactly the bound together, and say when the window ends", async () => {
    const server = await startValkey();
    const [one, other] = [await openShared(server.settings), await openShared(server.settings)];
    const waits = (await Promise.all([countTimes(15, one), countTimes(15, other)])).flat();
    expect(letIn(waits)).toBe(10);
    for (const waitMs of waits.filter((each) => each > 0)) {
      expect(waitMs).toBeGreaterThan(50_000);
      expect(waitMs).toBeLessThanOrEqual(60_000);
    }
    expect(letIn(await countTimes(1, other, "zenith"))).toBe(1);
    expect([one.errors(), one.messages()]).toEqual([0, [told.up]]);
    await server.close();
  });

  test("a window begins with its first call, and ends by the server's clock alone", async () => {
    const server = await startValkey();
    const replica = await openShared(server.settings);
    await countTimes(1, replica);
    const early = Number(await server.command("PTTL", "grantway:acme"));
    expect(early).toBeGreaterThan(50_000);
    await server.command("PEXPIRE", "grantway:acme", "30000");
    expect(letIn(await countTimes(20, replica))).toBe(9);
    expect(Number(await server.command("PTTL", "grantway:acme"))).toBeLessThanOrEqual(30_000);
    await server.command("DEL", "grantway:acme");
    replica.time.now += 30_001;
    expect(letIn(await countTimes(1, replica))).toBe(1);
    await server.close();
  });

  test("who is over the limit is not asked for again until the window ends", async () => {
    const server = await startValkey();
    const replica = await openShared(server.settings);
    await countTimes(11, replica);
    const before = await server.command("GET", "grantway:acme");
    expect(letIn(await countTimes(100, replica))).toBe(0);
    expect(replica.windows.count("acme", tenAMinute)).toBeGreaterThan(0);
    expect(await server.command("GET", "grantway:acme")).toBe(before);
    await server.close();
  });

  test("after a crash this process counts by itself, without waiting, and says so once; then together again", async () => {
    const server = await startValkey();
    const replica = await openShared(server.settings);
    await countTimes(10, replica);
    await server.kill();
    await until(() => !replica.windows.isShared);
    // As many as in its own memory there is room for: not refused, and not unbounded.
    const waits = Array.from({ length: 25 }, () => replica.windows.count("acme", tenAMinute));
    expect(letIn(waits as number[])).toBe(10);
    await until(() => replica.errors() > 2);
    expect(replica.messages()).toEqual([told.up, told.down]);
    await server.start();
    await until(() => replica.windows.isShared);
    expect(replica.messages()).toEqual([told.up, told.down, told.up]);
    expect(letIn(await countTimes(12, replica))).toBe(10);
    await server.kill();
    await until(() => !replica.windows.isShared);
    expect(replica.messages()).toEqual([told.up, told.down, told.up, told.down]);
    await server.close();
  });

  test("calls that are on their way when it crashes are counted here", async () => {
    const server = await startValkey();
    const replica = await openShared(server.settings);
    server.freeze();
    const waiting = countTimes(12, replica);
    await server.kill();
    expect(letIn(await waiting)).toBe(10);
    await server.close();
  });

  test("a server that stops answering holds up those who have asked, and nobody after them", async () => {
    const server = await startValkey();
    const replica = await openShared({ ...server.settings, answerMs: 250 });
    server.freeze();
    expect(letIn(await countTimes(3, replica))).toBe(3);
    expect(replica.windows.isShared).toBe(false);
    for (let n = 0; n < 100; n++) expect(typeof replica.windows.count("acme", tenAMinute)).toBe("number");
    expect(replica.messages().slice(-2)).toEqual([told.up, told.down]);
    server.goOn();
    await until(() => replica.windows.isShared);
    await server.close();
  });

  test("a server that has no memory left, and says so to each count, is one outage", async () => {
    const server = await startValkey();
    const replica = await openShared(server.settings);
    await server.command("CONFIG", "SET", "maxmemory", "1");
    expect(letIn(await countTimes(12, replica))).toBe(10);
    await until(() => replica.errors() > 13);
    expect(replica.messages()).toEqual([told.up, told.down]);
    expect(replica.text()).toContain("OOM");
    await server.command("CONFIG", "SET", "maxmemory", "0");
    await until(() => replica.windows.isShared);
    await server.close();
  });

  test("a server that has forgotten the script is given it again", async () => {
    const server = await startValkey();
    const replica = await openShared(server.settings);
    await countTimes(2, replica);
    await server.command("SCRIPT", "FLUSH");
    expect(letIn(await countTimes(9, replica))).toBe(8);
    expect(replica.errors()).toBe(0);
    await server.close();
  });

  test("the right password opens it; a wrong one is an outage that does not say the password", async () => {
    const server = await startValkey(["--requirepass", "correct-horse"], "correct-horse");
    await openShared(server.settings);
    const wrong = openReplica({ ...server.settings, password: "battery-staple" });
    await until(() => wrong.errors() > 0);
    expect(letIn(await countTimes(12, wrong))).toBe(10);
    expect(wrong.messages()).toEqual([told.down]);
    expect(wrong.text()).toMatch(/WRONGPASS|invalid/);
    expect(wrong.text()).not.toContain("battery-staple");
    await server.close();
  });

  test("a user with a wrong password does not count as the one who needs none", async () => {
    const server = await startValkey();
    await server.command("ACL", "SETUSER", "gate", "on", ">right");
    const wrong = openReplica({ ...server.settings, username: "gate", password: "battery-staple" });
    await until(() => wrong.errors() > 3);
    expect(wrong.messages()).toEqual([told.down]);
    await countTimes(2, wrong);
    expect(await server.command("EXISTS", "grantway:acme")).toBe(0);
    await server.close();
  });

  test("a database that it does not have is an outage, and not counted in another one", async () => {
    const server = await startValkey(["--databases", "2"]);
    const replica = openReplica({ ...server.settings, database: 7 });
    await until(() => replica.errors() > 3);
    expect(replica.messages()).toEqual([told.down]);
    expect(replica.text()).toContain("out of range");
    const there = await openShared({ ...server.settings, database: 1 });
    expect(letIn(await countTimes(12, there))).toBe(10);
    expect(await server.command("EXISTS", "grantway:acme")).toBe(0);
    await server.close();
  });

  test("a user who may run the script on these keys and nothing else is enough", async () => {
    const server = await startValkey();
    const page = readFileSync(join(process.cwd(), "docs/rate-limits.md"), "utf8");
    const may = /few permissions\*\* is enough: `(.*?)`/.exec(page)?.[1]?.split(" ") ?? [];
    expect(may.length).toBeGreaterThan(1);
    await server.command("ACL", "SETUSER", "gate", "on", ">pass-of-gate", "-@all", ...may);
    const gate = { ...server.settings, username: "gate", password: "pass-of-gate" };
    const replica = await openShared(gate);
    expect(letIn(await countTimes(12, replica))).toBe(10);
    expect(page).toContain("With a database number also `+select`");
    await server.command("ACL", "SETUSER", "gate", "+select");
    await openShared({ ...gate, database: 3 });
    expect(replica.errors()).toBe(0);
    await server.close();
  });
});

test("where nobody listens this process counts by itself from the first call", async () => {
  const replica = openReplica(valkeyAt(1));
  expect(letIn(await countTimes(12, replica))).toBe(10);
  await until(() => replica.errors() > 0);
  expect(replica.messages()).toEqual([told.down]);
  expect(replica.text()).toContain("ECONNREFUSED");
});

test("a server that takes the connection and says nothing holds up no call, nor does it gather what was asked", async () => {
  const server = await startTcpServer();
  const replica = openReplica(valkeyAt(Number(server.host.split(":")[1]), { answerMs: 250 }));
  await until(() => server.sockets.length > 0);
  for (let n = 0; n < 1_000; n++) expect(typeof replica.windows.count("acme", tenAMinute)).toBe("number");
  await until(() => server.sockets.length > 1);
  const bytes = server.sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  expect(bytes).toBeLessThan(2_000);
  expect(replica.messages()).toEqual([told.down]);
  replica.windows.close();
  await server.close();
});

// By its name a server is asked for with options of its own: they must not leave out the check.
test.each(["127.0.0.1", "localhost"])(
  "a certificate that nobody vouches for gets neither a password nor a count, at %s",
  async (host) => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
      keyType: "ec",
    });
    const server = createServer({ key, cert }).listen(0, "127.0.0.1");
    const heard: string[] = [];
    server.on("secureConnection", (socket: TLSSocket) => {
      socket.on("data", (bytes: Buffer) => heard.push(bytes.toString("latin1"))).on("error", () => undefined);
    });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const replica = openReplica(valkeyAt(port, { host, isTls: true, password: "hunter2" }));
    await until(() => replica.errors() > 0);
    expect(replica.text()).toMatch(/self.signed/i);
    expect(heard).toEqual([]);
    replica.windows.close();
    server.close();
  },
);

test.each([
  ["the one that VALKEY_PATH names, there or not", { VALKEY_PATH: "/opt/my-valkey" }, "", "/opt/my-valkey"],
  ["Debian's Redis", {}, "/usr/bin/redis-server", "/usr/bin/redis-server"],
  ["none", { VALKEY_PATH: "" }, "", undefined],
])("the tests run %s", (_, env, there, expected) => {
  expect(findValkey(env, (path) => path === there)).toBe(expected);
});

test("without a server the tests are skipped, and say so", () => {
  const said: string[] = [];
  expect(chooseDescribe(undefined, (text) => said.push(text))).toBe(describe.skip);
  expect(said.join("")).toMatch(/^SKIPPED: .*apt-get install redis-server.*\n$/);
});
