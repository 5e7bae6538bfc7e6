// Which environment a call gets, how many there are, and what becomes of those that nobody needs.
import { Concurrency } from "../../../../deploy/local/aws/lambda/concurrency.js";
import { Pool } from "../../../../deploy/local/aws/lambda/pool.js";

class FakeEnvironment {
  alive = true;
  readonly gone: Promise<void>;
  #goneNow: () => void = () => undefined;
  constructor(readonly name: string) {
    this.gone = new Promise((resolve) => (this.#goneNow = resolve));
  }
  destroy(): Promise<void> {
    this.alive = false;
    this.#goneNow();
    return Promise.resolve();
  }
}

const starter = (code: string) => {
  let started = 0;
  return () => new FakeEnvironment(`${code}${(started += 1)}`);
};
const poolOf = (reserved?: number, idle = { maxIdle: 2, idleMs: 60_000 }) =>
  new Pool<FakeEnvironment>(starter("a"), new Concurrency(reserved), idle);
const acquireMany = (pool: Pool<FakeEnvironment>, count: number) =>
  Array.from({ length: count }, () => pool.acquire()).filter((each) => each !== undefined);

test.each([
  ["reserved 0: nobody", 0, 0],
  ["reserved 3: three", 3, 3],
  ["nothing reserved: 256", undefined, 256],
])("%s", (_title, reserved, count) => {
  expect(acquireMany(poolOf(reserved), 300)).toHaveLength(count);
});

test("the environment that was used last is used next, a dead one never", () => {
  const pool = poolOf();
  const [first, second] = acquireMany(pool, 2);
  if (!first || !second) throw new Error("no environments");
  pool.release(first);
  pool.release(second);
  expect(pool.acquire()).toBe(second);
  first.alive = false;
  expect(pool.acquire()?.name).toBe("a3");
});

test("an environment that died of its call makes room for another", () => {
  const pool = poolOf(1);
  const [dead] = acquireMany(pool, 1);
  if (!dead) throw new Error("no environment");
  dead.alive = false;
  pool.release(dead);
  expect(pool.acquire()?.name).toBe("a2");
});

test("of many idle environments the oldest ends at once", async () => {
  const pool = poolOf();
  const three = acquireMany(pool, 3);
  for (const each of three) pool.release(each);
  await three[0]?.gone;
  expect(three.map(({ alive }) => alive)).toEqual([false, true, true]);
  await pool.close();
});

test("an idle environment ends after its time, a busy one does not", async () => {
  const pool = poolOf(undefined, { maxIdle: 2, idleMs: 1 });
  const [idle, busy] = acquireMany(pool, 2);
  if (!idle || !busy) throw new Error("no environments");
  pool.release(idle);
  await idle.gone;
  expect(busy.alive).toBe(true);
});

test("an environment in steady use ends when it is too old for another call, and a new one takes its place", () => {
  let now = 0;
  const pool = new Pool(starter("a"), new Concurrency(1), { maxAgeMs: 1000, clock: () => now });
  const callUntil = (time: number) => {
    const environment = pool.acquire();
    now = time;
    if (environment) pool.release(environment);
    return [environment?.name, environment?.alive];
  };
  expect([500, 999, 1000, 1001].map(callUntil)).toEqual([
    ["a1", true],
    ["a1", true],
    ["a1", false],
    ["a2", true],
  ]);
});

test("an environment that grew old while nobody called gets no call", async () => {
  let now = 0;
  const pool = new Pool(starter("a"), new Concurrency(1), { maxAgeMs: 1000, clock: () => now });
  const old = pool.acquire();
  if (!old) throw new Error("no environment");
  pool.release(old);
  now = 1000;
  expect(pool.acquire()?.name).toBe("a2");
  await old.gone;
});

test("in a retired pool calls under way finish, and none begins", async () => {
  const pool = poolOf();
  const [busy, idle] = acquireMany(pool, 2);
  if (!busy || !idle) throw new Error("no environments");
  pool.release(idle);
  let isGone = false;
  const retired = pool.retire().then(() => (isGone = true));
  await idle.gone;
  expect(pool.acquire()).toBeUndefined();
  expect([busy.alive, isGone]).toEqual([true, false]);
  pool.release(busy);
  await retired;
  expect(busy.alive).toBe(false);
});

test("the versions of a function share its concurrency", () => {
  const reserved = new Concurrency(2);
  const [old, young] = ["old", "young"].map((code) => new Pool<FakeEnvironment>(starter(code), reserved));
  if (!old || !young) throw new Error("no pools");
  const [first] = acquireMany(old, 1);
  expect(young.acquire()).toBeDefined();
  expect([old.acquire(), young.acquire()]).toEqual([undefined, undefined]);
  if (first) old.release(first);
  expect(young.acquire()).toBeDefined();
});

test("a closed pool ends all of them, also one that comes back late, and starts none", async () => {
  const pool = poolOf();
  const [busy, idle] = acquireMany(pool, 2);
  if (!busy || !idle) throw new Error("no environments");
  pool.release(idle);
  await pool.close();
  expect([busy.alive, idle.alive]).toEqual([false, false]);
  pool.release(busy);
  expect(pool.acquire()).toBeUndefined();
});
