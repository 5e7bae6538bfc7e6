// Processes that need a token while another one signs in: who waits, who does not, and what becomes of them when nothing
// comes of it. On a real lock; the other process is the test.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { obtainToken } from "../../server/device-login/obtain-token.js";
import { createTokenStore } from "../../server/device-login/token-store.js";
import type { Tokens } from "../../server/device-login/tokens.js";
import { fakeWorld, granted, login, type FakeWorld, type Script } from "./fake-provider.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "grantway-waiting-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const minute = 60_000;
const tokens = (changed: Partial<Tokens> = {}): Tokens => ({
  accessToken: "kept",
  obtainedAt: -59 * minute,
  expiresAt: 0,
  refreshToken: "r1",
  ...changed,
});
/** With 5 of its 60 minutes left: to be renewed, and still good. */
const nearEnd = tokens({ expiresAt: 5 * minute, obtainedAt: -55 * minute });

type Meanwhile = (world: Held, times: number) => void;
interface Held extends FakeWorld {
  readonly letGo: () => void;
  readonly write: (kept: Tokens) => void;
}

/** A world whose sign-in is held by another process of this machine; `meanwhile` runs whenever somebody waits. */
function heldWorld(
  asking: 0 | 1,
  {
    script = {},
    kept,
    hasTerminal = true,
  }: { script?: Script; kept?: Tokens | undefined; hasTerminal?: boolean },
  meanwhile: Meanwhile,
): Held {
  const fake = fakeWorld(script, undefined, hasTerminal);
  const waiting = {
    clock: fake.clock,
    wait: async (milliseconds: number) => {
      await fake.wait(milliseconds);
      meanwhile(world, fake.waited.length);
    },
  };
  const store = createTokenStore(folder, login, waiting);
  const path = (): string => {
    const [name = ""] = readdirSync(folder);
    return join(folder, name.replace(/\.lock$/, ""));
  };
  const write = (next: Tokens): void => void store.write(next);
  write(tokens());
  const file = path();
  if (kept === undefined) rmSync(file);
  else write(kept);
  writeFileSync(`${file}.lock`, JSON.stringify({ pid: process.pid, host: hostname(), id: "x", asking }));
  const world: Held = { ...fake, ...waiting, store, write, letGo: () => rmSync(`${file}.lock`) };
  return world;
}
const never: Meanwhile = () => {
  throw new Error("it waited");
};
const refusedWith = (sentence: string) => ({ ok: false, denial: { kind: "refused", sentence } });

describe("without a terminal", () => {
  const nobody =
    "nobody is signed in at https://op.example; run this once in a terminal: grantway credentials --the-very-command";

  it.each([0, 1] as const)("does not wait where nothing is kept (asking: %i)", async (asking) => {
    const world = heldWorld(asking, { hasTerminal: false }, never);
    expect(await obtainToken(login, world)).toEqual(refusedWith(nobody));
  });

  it("does not wait where what is kept cannot be refreshed, and uses that to its end", async () => {
    const { accessToken, obtainedAt, expiresAt } = nearEnd;
    const kept = { accessToken, obtainedAt, expiresAt };
    const world = heldWorld(1, { kept, hasTerminal: false }, never);
    expect(await obtainToken(login, world)).toEqual({
      ok: true,
      value: { accessToken: "kept", isNew: false },
    });
    expect(await obtainToken(login, world, "kept")).toEqual(refusedWith(nobody));
  });

  it("says that another process is signing in, and does not wait for it", async () => {
    const world = heldWorld(1, { kept: tokens(), hasTerminal: false }, never);
    const sentence =
      "nobody is signed in at https://op.example yet; another process is signing in: try again then";
    expect(await obtainToken(login, world)).toEqual(refusedWith(sentence));
    expect(world.sent).toEqual([]);
  });

  it("waits for a refresh, and stops when it turns into a sign-in", async () => {
    const world = heldWorld(0, { kept: tokens(), hasTerminal: false }, (_world, times) => {
      if (times > 3) throw new Error("it waits still");
      const [lock = ""] = readdirSync(folder).filter((name) => name.endsWith(".lock"));
      const holder = { pid: process.pid, host: hostname(), id: "x", asking: 1 };
      if (times === 3) writeFileSync(join(folder, lock), JSON.stringify(holder));
    });
    expect(await obtainToken(login, world)).toMatchObject({
      denial: { sentence: expect.stringContaining("another process is signing in") as string },
    });
    expect(world.waited).toHaveLength(3);
  });

  it("takes what another process refreshed meanwhile", async () => {
    const world = heldWorld(0, { kept: tokens(), hasTerminal: false }, ({ write, letGo }) => {
      write(tokens({ accessToken: "theirs", obtainedAt: 0, expiresAt: 60 * minute }));
      letGo();
    });
    expect(await obtainToken(login, world)).toMatchObject({ value: { accessToken: "theirs" } });
  });
});

it.each([true, false])(
  "an old token that still holds serves meanwhile (terminal: %s)",
  async (hasTerminal) => {
    const world = heldWorld(1, { kept: nearEnd, hasTerminal }, never);
    expect(await obtainToken(login, world)).toMatchObject({ value: { accessToken: "kept" } });
    expect(world.shown).toEqual([]);
  },
);

describe("with a terminal", () => {
  const notice = "grantway: another process is signing in; waiting\n";

  it("says at once and once that it waits, and takes what comes", async () => {
    const world = heldWorld(1, {}, ({ write, letGo, shown }, times) => {
      expect(shown).toEqual([notice]);
      if (times < 3) return;
      write(tokens({ accessToken: "theirs", obtainedAt: 300, expiresAt: 60 * minute }));
      letGo();
    });
    expect(await obtainToken(login, world)).toMatchObject({ value: { accessToken: "theirs" } });
    expect([world.shown, world.sent]).toEqual([[notice], []]);
  });

  it("takes a token whose end the provider did not say", async () => {
    const world = heldWorld(1, { kept: tokens() }, ({ write, letGo }) => {
      write(tokens({ accessToken: "theirs", obtainedAt: 50, expiresAt: 50 }));
      letGo();
    });
    expect(await obtainToken(login, world)).toMatchObject({ value: { accessToken: "theirs" } });
  });

  it.each([
    ["nothing kept", undefined],
    ["a token that is over", tokens()],
  ])("fails with the one that asked, and does not ask again (%s)", async (_what, kept) => {
    const world = heldWorld(1, { kept, script: { token: [granted] } }, ({ letGo }) => letGo());
    const sentence = "the sign-in that another process asked for came to nothing; try again";
    expect(await obtainToken(login, world)).toEqual(refusedWith(sentence));
    expect([world.shown, world.sent]).toEqual([[notice], []]);
  });

  it("signs in itself when the one before it did not ask a person", async () => {
    const world = heldWorld(0, { script: { token: [granted] } }, ({ letGo }, times) => {
      if (times === 1) letGo();
    });
    expect(await obtainToken(login, world)).toMatchObject({ value: { accessToken: "new", isNew: true } });
  });

  it("tells the others while its own person is asked, not while it refreshes", async () => {
    const seen: unknown[] = [];
    const world = fakeWorld({ token: [{ error: "invalid_grant" }, granted] });
    const store = createTokenStore(folder, login, world);
    store.write(tokens());
    const exchange: FakeWorld["exchange"] = (request) => {
      const [lock = ""] = readdirSync(folder).filter((name) => name.endsWith(".lock"));
      const { asking } = JSON.parse(readFileSync(join(folder, lock), "utf8")) as { asking: unknown };
      seen.push([request.form?.grant_type ?? request.url.split("/").at(-1), asking]);
      return world.exchange(request);
    };
    expect(await obtainToken(login, { ...world, store, exchange })).toMatchObject({ value: { isNew: true } });
    expect(seen).toEqual([
      ["openid-configuration", 0],
      ["refresh_token", 0],
      ["device", 1],
      ["urn:ietf:params:oauth:grant-type:device_code", 1],
    ]);
  });
});
