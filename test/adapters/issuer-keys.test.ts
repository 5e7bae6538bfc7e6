import { createPublicKey } from "node:crypto";
import { IssuerKeys } from "../../server/adapters/issuer-keys.js";
import { accept, refuse, type Result } from "../../server/core/result.js";
import type { SigningKey } from "../../server/core/select-key.js";
import { accepted } from "../fixtures/outcome.js";
import { rsaKeyPair } from "../fixtures/tokens.js";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const key = rsaKeyPair().publicKey;
/** The same key as another object, as a second fetch gives it. */
const sameKey = () => createPublicKey(key.export({ format: "pem", type: "spki" }));
const set = (...kids: string[]): Result<readonly SigningKey[], string> =>
  accept(kids.map((kid) => ({ kid, key: sameKey() })));
const down = refuse("the issuer is down");

/** An issuer whose answer is a variable, with a clock that stands until it is moved. */
const setUp = (first: Result<readonly SigningKey[], string>) => {
  const issuer = { answer: first, fetches: 0, now: 0, hold: Promise.resolve() };
  const outcomes: unknown[] = [];
  const keys = new IssuerKeys(
    async () => {
      issuer.fetches += 1;
      await issuer.hold;
      return issuer.answer;
    },
    () => issuer.now,
    (outcome) => outcomes.push(outcome),
  );
  const find = async (kid: string) => {
    const found = await keys.find({ kid, alg: "RS256" });
    return found.ok ? "found" : found.denial.reason;
  };
  /** Lets a fetch in the background end. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { issuer, keys, find, settle, outcomes };
};

/** A promise to hold the issuer with, and the function that lets it go. */
const gate = () => {
  let open = (): void => undefined;
  const closed = new Promise<void>((resolve) => (open = resolve));
  return { closed, open };
};

describe("IssuerKeys", () => {
  test("fetches once for a hundred simultaneous first finds", async () => {
    const { issuer, find } = setUp(set("a"));
    const found = await Promise.all(Array.from({ length: 100 }, () => find("a")));
    expect(new Set(found)).toEqual(new Set(["found"]));
    expect(issuer.fetches).toBe(1);
  });

  test("fetches once for a hundred simultaneous first finds of keys that are unknown", async () => {
    const { issuer, find } = setUp(set("a"));
    const found = await Promise.all(Array.from({ length: 100 }, (_, i) => find(`x${i}`)));
    expect(new Set(found)).toEqual(new Set(["token_key_unknown"]));
    expect(issuer.fetches).toBe(1);
  });

  test("keys up to ten minutes old are taken as they are; older ones are renewed behind the caller's back", async () => {
    const { issuer, find, settle } = setUp(set("a"));
    await find("a");
    issuer.now = 10 * minute - 1;
    await find("a");
    expect(issuer.fetches).toBe(1);

    const { closed, open } = gate();
    issuer.now = 10 * minute;
    Object.assign(issuer, { hold: closed, answer: set("b") });
    expect(await find("a")).toBe("found");
    expect(issuer.fetches).toBe(2);
    open();
    await settle();
    expect(await find("b")).toBe("found");
    expect(await find("a")).toBe("token_key_unknown");
  });

  test("waits for one fetch when nobody asked for an hour, so that a withdrawn key is not taken", async () => {
    const { issuer, find } = setUp(set("a"));
    await find("a");
    issuer.answer = set("b");
    issuer.now = hour;
    expect(await find("a")).toBe("token_key_unknown");
  });

  test("serves old keys for up to 24 hours while the issuer is down, and nobody waits for it", async () => {
    const { issuer, find, settle } = setUp(set("a"));
    await find("a");
    issuer.answer = down;
    issuer.now = 2 * hour;
    expect(await find("a")).toBe("found");
    issuer.now = 24 * hour - 1;
    issuer.hold = new Promise(() => undefined);
    expect(await find("a")).toBe("found");
    await settle();
  });

  test("refuses as an outage once the old keys are 24 hours old", async () => {
    const { issuer, find } = setUp(set("a"));
    await find("a");
    issuer.answer = down;
    issuer.now = 24 * hour;
    expect(await find("a")).toBe("keys_unavailable");
    issuer.answer = set("a");
    issuer.now += 2 * second;
    expect(await find("a")).toBe("found");
  });

  test("a dead issuer is asked at most every two seconds", async () => {
    const { issuer, find, keys } = setUp(down);
    expect(await keys.find({ kid: "a", alg: "RS256" })).toEqual(
      refuse({ reason: "keys_unavailable", cause: "the issuer is down", retryAfterSeconds: 2 }),
    );
    issuer.now = 2 * second - 1;
    await Promise.all([find("a"), find("b")]);
    expect(issuer.fetches).toBe(1);
    issuer.now = 2 * second;
    await Promise.all([find("a"), find("b")]);
    expect(issuer.fetches).toBe(2);
  });

  test("the pause counts from the end of a fetch that took long", async () => {
    const { issuer, find } = setUp(down);
    const { closed, open } = gate();
    issuer.hold = closed;
    const first = find("a");
    issuer.now = 5 * second;
    open();
    expect(await first).toBe("keys_unavailable");
    await find("a");
    expect(issuer.fetches).toBe(1);
  });

  test("an unknown key id is looked for once in 30 seconds, whatever the flood", async () => {
    const { issuer, find } = setUp(set("a"));
    await find("a");
    issuer.now = minute;
    for (let i = 0; i < 50; i += 1) expect(await find(`x${i}`)).toBe("token_key_unknown");
    expect(issuer.fetches).toBe(2);
    issuer.now += 30 * second - 1;
    await find("y");
    expect(issuer.fetches).toBe(2);
    issuer.now += 1;
    await find("y");
    expect(issuer.fetches).toBe(3);
  });

  test("a new key is found at once, although the set is young", async () => {
    const { issuer, find } = setUp(set("a"));
    await find("a");
    issuer.answer = set("a", "b");
    issuer.now = second;
    const found = await Promise.all(Array.from({ length: 20 }, (_, i) => find(i % 2 === 0 ? "a" : "b")));
    expect(new Set(found)).toEqual(new Set(["found"]));
    expect(issuer.fetches).toBe(2);
  });

  test("callers with a known key do not wait while an unknown one is looked for", async () => {
    const { issuer, find } = setUp(set("a"));
    await find("a");
    const { closed, open } = gate();
    issuer.hold = closed;
    const hostile = find("x");
    expect(await find("a")).toBe("found");
    open();
    expect(await hostile).toBe("token_key_unknown");
  });

  test("an unknown key while the issuer is down is an outage: the key may be new", async () => {
    const { issuer, find } = setUp(set("a"));
    await find("a");
    issuer.answer = down;
    issuer.now = minute;
    expect(await find("b")).toBe("keys_unavailable");
    expect(await find("b")).toBe("keys_unavailable");
    expect(await find("a")).toBe("found");
    expect(issuer.fetches).toBe(2);
    issuer.answer = set("a", "b");
    issuer.now += 2 * second;
    expect(await find("b")).toBe("found");
  });

  test("an empty set withdraws every key at once", async () => {
    const { issuer, find, keys } = setUp(set("a"));
    await find("a");
    issuer.answer = set();
    await keys.refresh();
    expect(await find("a")).toBe("keys_unavailable");
    expect(keys.status()).toEqual({
      ready: false,
      keys: 0,
      hasHadKeys: true,
      lastError: "the issuer publishes no usable signing key",
    });
  });

  test("tells its state and every fetch", async () => {
    const { issuer, keys, outcomes } = setUp(down);
    expect(keys.status()).toEqual({ ready: false, keys: 0, hasHadKeys: false, lastError: "not fetched yet" });
    await keys.refresh();
    expect(keys.status()).toEqual({
      ready: false,
      keys: 0,
      hasHadKeys: false,
      lastError: "the issuer is down",
    });
    issuer.answer = set("a", "b");
    await keys.refresh();
    expect(keys.status()).toEqual({ ready: true, keys: 2, hasHadKeys: true });
    issuer.answer = down;
    await keys.refresh();
    expect(keys.status()).toEqual({
      ready: true,
      keys: 2,
      hasHadKeys: true,
      lastError: "the issuer is down",
    });
    issuer.now = 24 * hour;
    expect(keys.status()).toMatchObject({ ready: false, keys: 0, hasHadKeys: true });
    expect(outcomes).toEqual([down, accept({ keys: 2 }), down]);
  });

  test("keeping fresh asks an issuer that nobody calls, when it is due, and waits for nothing", async () => {
    const { issuer, keys, settle } = setUp(down);
    keys.keepFresh();
    keys.keepFresh();
    await settle();
    expect(issuer.fetches).toBe(1);
    issuer.answer = set("a");
    issuer.now = 2 * second - 1;
    keys.keepFresh();
    expect(issuer.fetches).toBe(1);
    issuer.now = 2 * second;
    keys.keepFresh();
    await settle();
    expect(keys.status()).toMatchObject({ ready: true });
    for (let hours = 0; hours < 48; hours += 1) {
      issuer.now += hour;
      keys.keepFresh();
      await settle();
    }
    expect(keys.status()).toMatchObject({ ready: true });
    expect(issuer.fetches).toBe(50);
  });

  describe("whether a key is still the issuer's", () => {
    const keyOf = async (keys: IssuerKeys, kid: string) => accepted(await keys.find({ kid, alg: "RS256" }));

    test("it stays so across fetches that bring the same key again", async () => {
      const { issuer, keys } = setUp(set("a"));
      const held = await keyOf(keys, "a");
      issuer.answer = set("a");
      await keys.refresh();
      expect(keys.isCurrent(held)).toBe(true);
      expect(await keyOf(keys, "a")).toBe(held);
    });

    test("it ends with the fetch that no longer brings it", async () => {
      const { issuer, keys } = setUp(set("a", "b"));
      const held = await keyOf(keys, "a");
      issuer.answer = accept([{ kid: "b", key: rsaKeyPair().publicKey }]);
      await keys.refresh();
      expect(keys.isCurrent(held)).toBe(false);
    });

    test.each([
      ["kid", { kid: "b" }],
      ["algorithm", { alg: "PS256" }],
    ])("it ends when the same key comes back with another %s", async (_, changed) => {
      const { issuer, keys } = setUp(accept([{ kid: "a", key: sameKey() }]));
      const held = await keyOf(keys, "a");
      issuer.answer = accept([{ kid: "a", key: sameKey(), ...changed }]);
      await keys.refresh();
      expect(keys.isCurrent(held)).toBe(false);
    });

    test("it ends when another key comes back under its kid, which is then the one that is found", async () => {
      const { issuer, keys } = setUp(accept([{ kid: "a", key: sameKey() }]));
      const held = await keyOf(keys, "a");
      const other = rsaKeyPair().publicKey;
      issuer.answer = accept([{ kid: "a", key: other }]);
      await keys.refresh();
      expect(keys.isCurrent(held)).toBe(false);
      expect((await keyOf(keys, "a")).equals(other)).toBe(true);
    });

    test("it ends when the issuer withdraws all keys, and before any was fetched", async () => {
      const { issuer, keys } = setUp(set("a"));
      expect(keys.isCurrent(key)).toBe(false);
      const held = await keyOf(keys, "a");
      issuer.answer = set();
      await keys.refresh();
      expect(keys.isCurrent(held)).toBe(false);
    });

    test("asking renews keys of ten minutes behind the caller's back", async () => {
      const { issuer, keys, settle } = setUp(set("a"));
      const held = await keyOf(keys, "a");
      issuer.answer = set("b");
      issuer.now = 10 * minute - 1;
      expect(keys.isCurrent(held)).toBe(true);
      expect(issuer.fetches).toBe(1);
      issuer.now = 10 * minute;
      expect(keys.isCurrent(held)).toBe(true);
      expect(issuer.fetches).toBe(2);
      await settle();
      expect(keys.isCurrent(held)).toBe(false);
    });

    test("keys that nobody asked for in an hour must be looked at first", async () => {
      const { issuer, keys } = setUp(set("a"));
      const held = await keyOf(keys, "a");
      issuer.hold = new Promise(() => undefined);
      issuer.now = hour - 1;
      expect(keys.isCurrent(held)).toBe(true);
      issuer.now = hour;
      expect(keys.isCurrent(held)).toBe(false);
    });

    test("while the issuer is down its keys are current for 24 hours", async () => {
      const { issuer, keys } = setUp(set("a"));
      const held = await keyOf(keys, "a");
      issuer.answer = down;
      await keys.refresh();
      issuer.now = 24 * hour - 1;
      expect(keys.isCurrent(held)).toBe(true);
      issuer.now = 24 * hour;
      expect(keys.isCurrent(held)).toBe(false);
    });
  });

  test("a loader that throws counts as a failed fetch", async () => {
    const keys = new IssuerKeys(
      () => Promise.reject(new Error("a bug")),
      () => 0,
      () => undefined,
    );
    await keys.refresh();
    expect(keys.status().lastError).toBe("loading failed: Error: a bug");
  });
});
