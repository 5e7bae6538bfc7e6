// The person's state folder: who may read it, what is made of a broken file, and one process at a time.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { accept, refuse, type Result } from "../../server/core/result.js";
import type { Failure, LoginRequest, Turn } from "../../server/device-login/ports.js";
import { stateFolder } from "../../server/device-login/state-folder.js";
import { createTokenStore } from "../../server/device-login/token-store.js";

const login: LoginRequest = { issuer: "https://op.example", clientId: "cli", scope: "openid" };
const tokens = { accessToken: "a", obtainedAt: 1, expiresAt: 2, refreshToken: "r" };

const onPosix = process.platform === "win32" ? it.skip : it;

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "grantway-state-"));
  folder = join(home, "deep", "grantway");
});
afterEach(() => rmSync(home, { recursive: true }));

/** `wait` is what happens while it waits for the lock. */
function storeOf(request = login, wait: () => void = () => undefined, clock = Date.now) {
  const waiting = {
    clock,
    wait: () => {
      wait();
      return Promise.resolve();
    },
  };
  const store = createTokenStore(folder, request, waiting);
  const alone = <T>(
    run: (turn: Turn) => Promise<Result<T, Failure>>,
    onAsking: () => Result<undefined, string> = () => accept(undefined),
  ) => store.alone(run, onAsking);
  return { ...store, alone };
}

async function keep(request = login): Promise<string> {
  const store = storeOf(request);
  expect(await store.alone(() => Promise.resolve(store.write(tokens)))).toEqual({
    ok: true,
    value: undefined,
  });
  const [file = ""] = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return join(folder, file);
}
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

it("keeps tokens in a file of mode 600 in a folder of mode 700, and no draft or lock beside it", async () => {
  const file = await keep();
  expect([modeOf(folder), modeOf(file), readdirSync(folder).length]).toEqual(["700", "600", 1]);
  expect(storeOf().read()).toEqual({ ok: true, value: tokens });
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ issuer: login.issuer, clientId: "cli" });
});

onPosix("makes the folders above it for the person alone, as the XDG specification asks", async () => {
  await keep();
  expect(modeOf(join(home, "deep"))).toBe("700");
});

it("keeps nothing before the first time", () => {
  expect(storeOf().read()).toEqual({ ok: true, value: undefined });
  expect(existsSync(folder)).toBe(false);
});

it.each<Partial<LoginRequest>>([
  { issuer: "https://op.example/" },
  { clientId: "cli2" },
  { scope: "openid email" },
  { resource: "https://api.example" },
  { audience: "https://api.example" },
])("shares nothing with a request that differs in %j", async (other) => {
  await keep();
  expect(storeOf({ ...login, ...other }).read()).toEqual({ ok: true, value: undefined });
});

it.each([
  "",
  "{",
  "[]",
  '{"accessToken":"a"}',
  '{"accessToken":"a b","obtainedAt":1,"expiresAt":2}',
  "x".repeat(300_000),
])("takes a broken file as none (%#)", async (text) => {
  const file = await keep();
  writeFileSync(file, text);
  expect(storeOf().read()).toEqual({ ok: true, value: undefined });
  await keep();
  expect(storeOf().read()).toMatchObject({ value: tokens });
});

it.each([0o640, 0o604, 0o620, 0o602])(
  "refuses by name a file of mode %i that others can reach",
  async (mode) => {
    const file = await keep();
    chmodSync(file, mode);
    expect(storeOf().read()).toMatchObject({
      denial: { kind: "refused", sentence: `${file} can be read by others: chmod 600 it, or remove it` },
    });
  },
);

const asRoot = process.getuid?.() === 0 ? it : it.skip;
asRoot("refuses by name what belongs to another user, as after sudo", async () => {
  const file = await keep();
  chownSync(file, 12_345, 12_345);
  expect(storeOf().read()).toMatchObject({ denial: { sentence: `${file} belongs to another user` } });
  chownSync(folder, 12_345, 12_345);
  expect(await storeOf().alone(() => Promise.resolve(accept("ran")))).toMatchObject({
    denial: { sentence: `${folder} belongs to another user` },
  });
});

onPosix("refuses a pipe, and does not wait for whoever might write to it", async () => {
  const file = await keep();
  rmSync(file);
  execFileSync("mkfifo", ["-m", "600", file]);
  expect(storeOf().read()).toMatchObject({ denial: { sentence: `${file} is no file` } });
});

it("refuses a link, even to a file that is private", async () => {
  const file = await keep();
  const elsewhere = join(home, "elsewhere");
  writeFileSync(elsewhere, JSON.stringify(tokens), { mode: 0o600 });
  rmSync(file);
  symlinkSync(elsewhere, file);
  expect(storeOf().read()).toMatchObject({ denial: { sentence: `${file} cannot be read: ELOOP` } });
});

it("refuses a folder that is open to others, or is none", async () => {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const ran = () => storeOf().alone(() => Promise.resolve(accept("ran")));
  expect(await ran()).toMatchObject({
    denial: { sentence: `${folder} is open to others: chmod 700 it, or remove it` },
  });
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "");
  expect(await ran()).toMatchObject({ denial: { sentence: `${folder} is no folder` } });
});

it("removes a file once, a broken one too", async () => {
  writeFileSync(await keep(), "{");
  expect([storeOf().remove(), storeOf().remove(), readdirSync(folder)]).toEqual([
    accept(true),
    accept(false),
    [],
  ]);
});

it("says why it cannot be removed", async () => {
  const file = await keep();
  rmSync(file);
  mkdirSync(file);
  expect(storeOf().remove()).toMatchObject({
    denial: { kind: "refused", sentence: expect.stringContaining(`${file} cannot be removed: `) as string },
  });
});

describe("one at a time", () => {
  it("a second waits until the first is through", async () => {
    const told: string[] = [];
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const first = storeOf().alone(async () => {
      await held;
      told.push("first");
      return accept(1);
    });
    const second = storeOf(login, letGo).alone(() => {
      told.push("second");
      return Promise.resolve(accept(2));
    });
    expect(await Promise.all([first, second])).toEqual([accept(1), accept(2)]);
    expect(told).toEqual(["first", "second"]);
  });

  it("lets go when what it runs throws", async () => {
    await expect(storeOf().alone(() => Promise.reject(new Error("bug")))).rejects.toThrow("bug");
    expect(readdirSync(folder)).toEqual([]);
  });

  const lockedBy = async (holder: object, secondsAgo: number): Promise<string> => {
    const lock = `${await keep()}.lock`;
    writeFileSync(lock, JSON.stringify(holder));
    const then = Date.now() / 1_000 - secondsAgo;
    utimesSync(lock, then, then);
    return lock;
  };
  const waits = async (): Promise<number> => {
    let waited = 0;
    const [lock = ""] = readdirSync(folder).filter((name) => name.endsWith(".lock"));
    const giveUp = (): void => {
      waited += 1;
      rmSync(join(folder, lock));
    };
    expect(await storeOf(login, giveUp).alone(() => Promise.resolve(accept("ran")))).toEqual(accept("ran"));
    return waited;
  };
  const alive = { pid: process.pid, host: hostname() };
  /** Linux gives out no number as high as this. */
  const gone = { pid: 2 ** 30, host: hostname() };

  it.each([
    ["waits for a holder that is alive", alive, 119, 1],
    ["breaks the lock of one not heard of for two minutes", alive, 121, 0],
    ["breaks the lock of one that is gone, at once", gone, 0, 0],
    ["waits for one on another machine", { ...gone, host: "another.example" }, 0, 1],
    ["waits for one that has not yet written who it is", {}, 0, 1],
  ])("%s", async (_what, holder, secondsAgo, waited) => {
    await lockedBy(holder, secondsAgo);
    expect(await waits()).toBe(waited);
  });

  it("gives up on a lock that is held for more than twenty minutes", async () => {
    const lock = await lockedBy(alive, -3_000);
    let now = Date.now();
    const store = storeOf(
      login,
      () => (now += 60_000),
      () => now,
    );
    expect(await store.alone(() => Promise.resolve(accept("ran")))).toMatchObject({
      denial: { sentence: `${lock} is held by another process; remove it if there is none` },
    });
  });

  it("looks again before it breaks a lock: another process may have broken and taken it meanwhile", async () => {
    const lock = await lockedBy(gone, 0);
    let [looks, waited] = [0, 0];
    const afterTheFirstLook = 4;
    const clock = () => {
      if ((looks += 1) === afterTheFirstLook) writeFileSync(lock, JSON.stringify(alive));
      return Date.now();
    };
    const giveUp = (): void => {
      waited += 1;
      rmSync(lock);
    };
    expect(await storeOf(login, giveUp, clock).alone(() => Promise.resolve(accept("ran")))).toEqual(
      accept("ran"),
    );
    expect(waited).toBe(1);
  });

  it("waits while another process breaks the lock of one that is gone", async () => {
    const lock = await lockedBy(gone, 0);
    writeFileSync(`${lock}.breaking`, JSON.stringify(alive));
    let waited = 0;
    const store = storeOf(login, () => {
      waited += 1;
      rmSync(`${lock}.breaking`, { force: true });
    });
    expect(await store.alone(() => Promise.resolve(accept("ran")))).toEqual(accept("ran"));
    expect([waited, readdirSync(folder).length]).toEqual([1, 1]);
  });

  it("goes on when whoever was breaking a lock was killed over it", async () => {
    const lock = await lockedBy(gone, 0);
    writeFileSync(`${lock}.breaking`, JSON.stringify(gone));
    utimesSync(`${lock}.breaking`, 1, 1);
    expect(await storeOf().alone(() => Promise.resolve(accept("ran")))).toEqual(accept("ran"));
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("leaves the lock of another that broke its own", async () => {
    const ofAnother = JSON.stringify({ ...alive, id: "of another" });
    let lock = "";
    await storeOf().alone(() => {
      lock = join(folder, readdirSync(folder)[0] ?? "");
      writeFileSync(lock, ofAnother);
      return Promise.resolve(accept("ran"));
    });
    expect(readFileSync(lock, "utf8")).toBe(ofAnother);
  });

  describe("that asks a person", () => {
    const asking = { ...alive, asking: 1 };

    it("says so in its lock, of the same length, and takes it away in the end", async () => {
      const readLock = (): string => {
        const [lock = ""] = readdirSync(folder);
        return readFileSync(join(folder, lock), "utf8");
      };
      await storeOf().alone(({ asksPerson }) => {
        const before = readLock();
        asksPerson();
        expect(readLock()).toBe(before.replace('"asking":0', '"asking":1'));
        expect(before).toContain('"asking":0');
        return Promise.resolve(accept("ran"));
      });
      expect(readdirSync(folder)).toEqual([]);
    });

    it("says nothing in a lock that is another's by now", async () => {
      const ofAnother = JSON.stringify({ ...alive, id: "of another", asking: 0 });
      let lock = "";
      await storeOf().alone(({ asksPerson }) => {
        lock = join(folder, readdirSync(folder)[0] ?? "");
        writeFileSync(lock, ofAnother);
        asksPerson();
        return Promise.resolve(accept("ran"));
      });
      expect(readFileSync(lock, "utf8")).toBe(ofAnother);
    });

    it("is told of to whoever waits, once, however long", async () => {
      const lock = await lockedBy(asking, 0);
      let [told, waited] = [0, 0];
      const store = storeOf(login, () => {
        if ((waited += 1) === 3) rmSync(lock);
      });
      const onAsking = () => {
        told += 1;
        return accept(undefined);
      };
      expect(await store.alone(() => Promise.resolve(accept("ran")), onAsking)).toEqual(accept("ran"));
      expect([told, waited]).toEqual([1, 3]);
    });

    it("is not waited for by one that does not want to", async () => {
      await lockedBy(asking, 0);
      const never = () => {
        throw new Error("it waited");
      };
      const ran = storeOf(login, never).alone(
        () => Promise.resolve(accept("ran")),
        () => refuse("not now"),
      );
      expect(await ran).toEqual(refuse({ kind: "refused", sentence: "not now" }));
    });

    it.each([
      ["one that only refreshes", { ...alive, asking: 0 }, 0, 1],
      ["one of an older version", alive, 0, 1],
      ["one that asked and is gone", { ...gone, asking: 1 }, 0, 0],
      ["one that asked and was not heard of for two minutes", asking, 121, 0],
    ])("is not taken for %s", async (_what, holder, secondsAgo, waits) => {
      const lock = await lockedBy(holder, secondsAgo);
      let waited = 0;
      const store = storeOf(login, () => {
        waited += 1;
        rmSync(lock);
      });
      const ran = store.alone(
        () => Promise.resolve(accept("ran")),
        () => refuse("not now"),
      );
      expect([await ran, waited]).toEqual([accept("ran"), waits]);
    });
  });

  it("is not broken while it says that it is still here", async () => {
    await storeOf().alone(({ stillHere }) => {
      const [lock = ""] = readdirSync(folder);
      utimesSync(join(folder, lock), 1, 1);
      stillHere();
      expect(Date.now() - statSync(join(folder, lock)).mtimeMs).toBeLessThan(10_000);
      return Promise.resolve(accept("ran"));
    });
    expect.assertions(1);
  });
});

describe("the folder", () => {
  it.each<[NodeJS.Platform, Record<string, string>, string]>([
    ["linux", { XDG_STATE_HOME: "/state" }, "^/state/grantway$"],
    ["linux", { XDG_STATE_HOME: "state" }, "/\\.local/state/grantway$"],
    ["darwin", {}, "/\\.local/state/grantway$"],
    ["win32", { LOCALAPPDATA: "/local", XDG_STATE_HOME: "/state" }, "^/local/grantway$"],
    ["win32", {}, "/AppData/Local/grantway$"],
  ])("on %s with %j", (platform, env, pattern) => {
    expect(stateFolder(env, platform, () => "/home/ann")).toMatchObject({
      value: expect.stringMatching(pattern) as string,
    });
  });

  const noHome = (): never => {
    throw new Error("uv_os_homedir");
  };
  it.each<[string, NodeJS.Platform, () => string]>([
    ["none at all", "linux", noHome],
    ["an empty one, or tokens would be kept wherever it runs", "linux", () => ""],
    ["a relative one", "linux", () => "home"],
    ["none on Windows", "win32", noHome],
  ])("is refused where the home is %s", (_what, platform, home) => {
    const missing = platform === "win32" ? "LOCALAPPDATA" : "XDG_STATE_HOME";
    expect(stateFolder({}, platform, home)).toEqual({
      ok: false,
      denial: `nowhere to keep a sign-in: there is no home folder; set ${missing} to an absolute path`,
    });
  });
});
