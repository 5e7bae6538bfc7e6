// What a release does to an alias, step by step, in a world without AWS.
import { readMark } from "../../server/release/mark.js";
import { accept, type Result } from "../../server/core/result.js";
import type { Fault, ReleasePorts, VersionState } from "../../server/release/ports.js";
import { release } from "../../server/release/release.js";
import { accepted } from "../fixtures/outcome.js";
import { FakeWorld, NEW_YEAR, plan } from "./fake-world.js";

let world: FakeWorld;
beforeEach(() => {
  world = new FakeWorld().edit("b");
});
const run = (changes: Partial<typeof plan> = {}) => release(world.ports, { ...plan, ...changes });

test("a good version goes through its steps and ends alone on the alias", async () => {
  world.meanwhile = () => world.call("2");
  expect(await run()).toBe("done");
  expect(world.changes).toEqual(["publish", "alias 1+2@0.1", "alias 1+2@0.5", "alias 2"]);
  expect(world.told).toEqual(["published", "step", "look", "look", "step", "look", "look", "done"]);
  expect(readMark(world.alias.description)).toEqual({ from: "1", to: "2", phase: "done", at: world.now });
});

test("a step is watched for its whole time, every ten seconds", async () => {
  world.meanwhile = () => world.call("2");
  await run({ steps: [10], everyMs: 25_000 });
  const looks = world.events.flatMap((event) => (event.event === "look" ? [event.afterMs] : []));
  expect(looks).toEqual([10_000, 20_000, 25_000]);
});

test("one error of the new version more than may be, and the alias is on the old one alone", async () => {
  world.meanwhile = (sleep) => world.call("2", sleep > 1);
  expect(await run({ limit: { kind: "errors", most: 1 } })).toBe("no");
  expect(world.routing).toBe("1");
  expect(world.events.at(-2)).toEqual({
    event: "over",
    why: "errors of the new version: 2 (limit 1)",
  });
  expect(readMark(world.alias.description)).toMatchObject({ phase: "undone", from: "1", to: "2" });
});

test("errors of the old version are not the new one's", async () => {
  world.meanwhile = () => {
    world.call("1", true);
    world.call("2");
  };
  expect(await run()).toBe("done");
});

test("errors that CloudWatch tells a step late still count", async () => {
  const late = NEW_YEAR + 5_000;
  world.meanwhile = (sleep) => {
    if (sleep === 3) world.calls.push({ version: "2", at: late, failed: true });
  };
  expect(await run({ everyMs: 60_000, steps: [10, 50] })).toBe("no");
});

test("5xx of the gateway count from the step's beginning on", async () => {
  world.gateway = { startedAt: 1, answers: 1_000, failures: 50 };
  world.meanwhile = () => {
    if (world.gateway) world.gateway = { ...world.gateway, answers: world.gateway.answers + 9 };
  };
  expect(await run()).toBe("done");
  expect(world.events.filter(({ event }) => event === "look").at(1)).toMatchObject({
    seen: { gateway: { answers: 18, failures: 0 } },
  });
});

test("a 5xx of the gateway takes the release back", async () => {
  world.gateway = { startedAt: 1, answers: 1_000, failures: 50 };
  world.meanwhile = (sleep) => {
    world.call("2");
    if (sleep === 3) world.gateway = { startedAt: 1, answers: 1_009, failures: 51 };
  };
  expect(await run()).toBe("no");
  expect(world.routing).toBe("1");
  expect(world.events.at(-2)).toMatchObject({ why: "5xx of the gateway: 1 (limit 0)" });
});

test("a gateway that was started anew counts from 0, and its 5xx count all the same", async () => {
  world.gateway = { startedAt: 1, answers: 1_000, failures: 50 };
  world.meanwhile = () => (world.gateway = { startedAt: 2, answers: 4, failures: 1 });
  expect(await run()).toBe("no");
  expect(world.events.find(({ event }) => event === "look")).toMatchObject({
    seen: { gateway: { answers: 4, failures: 1 } },
  });
});

describe("a step in which nothing was seen", () => {
  test("stops the release where it is, to be resumed or rolled back", async () => {
    expect(await run()).toBe("no");
    expect([world.routing, world.told]).toEqual(["1+2@0.1", ["published", "step", "look", "look", "unseen"]]);
    expect(world.events.at(-1)).toEqual({ event: "unseen", percent: 10, version: "2" });
    expect(readMark(world.alias.description)).toMatchObject({ phase: "begun", from: "1", to: "2" });
    expect(await run({ isResume: true })).toBe("no");
    world.meanwhile = () => world.call("2");
    expect(await run({ isResume: true })).toBe("done");
  });

  test("stops it in a later step too: what was seen in an earlier one says nothing of this one", async () => {
    world.meanwhile = (sleep) => {
      if (sleep < 3) world.call("2");
    };
    expect([await run(), world.routing]).toEqual(["no", "1+2@0.5"]);
    expect(world.events.at(-1)).toEqual({ event: "unseen", percent: 50, version: "2" });
    expect([await run({ isResume: true }), world.routing]).toEqual(["no", "1+2@0.5"]);
  });

  test("stops it with a gateway that answered nothing, and asks for the route's name", async () => {
    world.gateway = { startedAt: 1, answers: 7, failures: 0 };
    expect(await run()).toBe("no");
    expect(world.told).toEqual(["published", "step", "look", "look", "unrouted", "unseen"]);
  });

  test("may be allowed; then it is told at the step and at the end", async () => {
    expect(await run({ isQuietAllowed: true })).toBe("done");
    expect([world.routing, world.told.filter((each) => each === "quiet")]).toEqual(["2", ["quiet", "quiet"]]);
    expect(world.events.at(-1)).toEqual({ event: "done", version: "2", unseen: [10, 50] });
  });

  test("is none where the gateway alone has answered", async () => {
    world.gateway = { startedAt: 1, answers: 7, failures: 0 };
    world.meanwhile = (sleep) => (world.gateway = { startedAt: 1, answers: 7 + sleep, failures: 0 });
    expect(await run()).toBe("done");
    expect(world.told).toContain("quiet");
    expect(world.events.at(-1)).toEqual({ event: "done", version: "2" });
  });

  test("is one too where its first reading failed: what the first look saw may be from before", async () => {
    world.meanwhile = () => {
      world.call("2");
      world.isStopped = true;
    };
    await run();
    world.isStopped = false;
    world.numbersFault = { kind: "failed", sentence: "throttled" };
    world.meanwhile = () => (world.numbersFault = undefined);
    expect([await run({ isResume: true }), world.routing]).toEqual(["no", "1+2@0.1"]);
    expect(world.told.at(-1)).toBe("unseen");
  });
});

test("a route on which the gateway answered nothing is told of, since its name may be wrong", async () => {
  world.gateway = { startedAt: 1, answers: 7, failures: 0 };
  world.meanwhile = (sleep) => {
    world.call("2");
    if (sleep > 2) world.gateway = { startedAt: 1, answers: 8, failures: 0 };
  };
  expect(await run()).toBe("done");
  expect(world.events.filter(({ event }) => event === "unrouted")).toEqual([
    { event: "unrouted", percent: 10 },
  ]);
});

test("when nothing can be seen three times in a row, the alias goes back", async () => {
  world.meanwhile = () => (world.numbersFault = { kind: "failed", sentence: "throttled" });
  expect(await run()).toBe("no");
  expect(world.told).toEqual(["published", "step", "blind", "blind", "blind", "over", "rolled_back"]);
  expect(world.routing).toBe("1");
});

test("a look that fails at the end of a step holds it until one succeeds", async () => {
  world.meanwhile = (sleep) => {
    world.numbersFault = sleep === 2 ? { kind: "failed", sentence: "throttled" } : undefined;
    world.call("2");
  };
  expect(await run({ steps: [10] })).toBe("done");
  expect(world.told).toEqual(["published", "step", "look", "blind", "look", "done"]);
});

test("looks that fail now and then, with one that succeeds between them, are not three in a row", async () => {
  world.meanwhile = (sleep) => {
    world.numbersFault = sleep % 2 === 1 ? { kind: "failed", sentence: "throttled" } : undefined;
    world.call("2");
  };
  expect(await run({ steps: [10], everyMs: 60_000 })).toBe("done");
  expect(world.told.slice(2, -1)).toEqual(["blind", "look", "blind", "look", "blind", "look"]);
});

test("a gateway whose first reading fails is counted from the next one on: its old 5xx are of before", async () => {
  world.meanwhile = () => (world.isStopped = true);
  await run();
  world.isStopped = false;
  const counts = { startedAt: 1, answers: 1_000, failures: 50 };
  world.gateway = counts;
  const { ports } = world;
  world.gateway = undefined;
  world.meanwhile = () => {
    world.call("2");
    world.gateway = counts;
  };
  expect(await release(ports, { ...plan, isResume: true })).toBe("done");
  expect(world.routing).toBe("2");
});

test("what cannot be seen before the release is not begun", async () => {
  world.numbersFault = { kind: "failed", sentence: "denied" };
  expect(await run()).toBe("failed");
  expect(world.changes).toEqual([]);
});

test("nothing new is no release", async () => {
  world = new FakeWorld();
  expect(await run()).toBe("done");
  expect([world.told, world.changes]).toEqual([["nothing"], ["publish"]]);
});

test("a dry run reads, says each call, and changes nothing", async () => {
  expect(await run({ isDryRun: true })).toBe("done");
  expect(world.changes).toEqual([]);
  expect(world.events.map((event) => (event.event === "would" ? event.call : event.event))).toEqual([
    "PublishVersion (its code is not that of version 1)",
    "UpdateAlias: 10 % on the new version, 90 % on 1; then 20s of looking",
    "UpdateAlias: 50 % on the new version, 50 % on 1; then 20s of looking",
    "UpdateAlias: the new version alone",
  ]);
  world.events.splice(0);
  await run({ isDryRun: true, everyMs: 300_000 });
  expect(world.events.at(1)).toMatchObject({
    call: expect.stringMatching(/; then 5m of looking$/) as string,
  });
});

test("stopped, it stays where it is; resumed, it goes on from there", async () => {
  world.meanwhile = () => (world.isStopped = true);
  expect(await run()).toBe("stopped");
  expect([world.routing, world.events.at(-1)]).toEqual([
    "1+2@0.1",
    { event: "stopped", percent: 10, version: "2" },
  ]);
  world.isStopped = false;
  world.meanwhile = () => world.call("2");
  world.events.splice(0);
  expect(await run({ isResume: true })).toBe("done");
  expect(world.events.flatMap((event) => (event.event === "step" ? [event.percent] : []))).toEqual([10, 50]);
  expect(world.routing).toBe("2");
});

describe("Ctrl-C while AWS is asked, not between two looks,", () => {
  /** Ports at which Ctrl-C comes during that call of it, counted from 1. */
  const stoppedDuring = (name: "publish" | "update" | "count", nth = 1): ReleasePorts => {
    const { alias, numbers, ...others } = world.ports;
    let calls = 0;
    const press = (asked: typeof name): void => {
      if (asked === name && (calls += 1) === nth) world.isStopped = true;
    };
    return {
      ...others,
      isStopped: () => world.isStopped,
      alias: {
        ...alias,
        publish: (codeSha256) => (press("publish"), alias.publish(codeSha256)),
        update: (change) => (press("update"), alias.update(change)),
      },
      numbers: { count: (...of) => (press("count"), numbers.count(...of)) },
    };
  };
  beforeEach(() => {
    world.meanwhile = () => world.call("2");
  });
  /** The first count is that of the preconditions, then come the step's own and its two looks. */
  const LAST_LOOK = 4;

  test.each([[[]], [[10, 50]]])("while it publishes: nothing is moved (steps %j)", async (steps) => {
    expect(await release(stoppedDuring("publish"), { ...plan, steps })).toBe("stopped");
    expect([world.routing, world.changes]).toEqual(["1", ["publish"]]);
    expect(world.events).toEqual([
      { event: "published", from: "1", to: "2" },
      { event: "stopped", percent: 0, version: "2" },
    ]);
    world.isStopped = false;
    expect([await run(), world.routing]).toEqual(["done", "2"]);
  });

  test("while it moves the alias: that step is the last", async () => {
    expect(await release(stoppedDuring("update", 2), plan)).toBe("stopped");
    expect([world.routing, world.events.at(-1)]).toEqual([
      "1+2@0.5",
      { event: "stopped", percent: 50, version: "2" },
    ]);
  });

  test.each([
    ["10", [10], 10],
    ["10,50", [10, 50], 10],
  ])("during a step's last look: the next is not begun (steps %s)", async (_, steps, percent) => {
    expect(await release(stoppedDuring("count", LAST_LOOK), { ...plan, steps })).toBe("stopped");
    expect(world.told.slice(-2)).toEqual(["look", "stopped"]);
    expect([world.routing, world.events.at(-1)]).toEqual([
      "1+2@0.1",
      { event: "stopped", percent, version: "2" },
    ]);
    world.isStopped = false;
    expect([await run({ isResume: true }), world.routing]).toEqual(["done", "2"]);
  });

  test("during the last look of a step in which nothing was seen: it is Ctrl-C that stopped it", async () => {
    world.meanwhile = () => undefined;
    expect(await release(stoppedDuring("count", LAST_LOOK), plan)).toBe("stopped");
    expect(world.told).toEqual(["published", "step", "look", "look", "stopped"]);
  });

  test("during a look that sees nothing, the third in a row: nobody goes back", async () => {
    world.meanwhile = () => (world.numbersFault = { kind: "failed", sentence: "throttled" });
    expect(await release(stoppedDuring("count", LAST_LOOK + 1), plan)).toBe("stopped");
    expect([world.routing, world.told.slice(-2)]).toEqual(["1+2@0.1", ["blind", "stopped"]]);
  });

  test("during a look that sees too much: what is known to be bad is not left there", async () => {
    world.meanwhile = () => world.call("2", true);
    expect(await release(stoppedDuring("count", LAST_LOOK - 1), plan)).toBe("no");
    expect([world.routing, world.told.at(-1)]).toEqual(["1", "rolled_back"]);
  });

  test("while the alias goes back and AWS fails: it is not said to be tried again", async () => {
    world.meanwhile = () => {
      world.call("2", true);
      world.updateFault = { kind: "failed", sentence: "down" };
    };
    expect(await release(stoppedDuring("update", 2), plan)).toBe("failed");
    expect(world.told).toEqual(["published", "step", "look", "over", "failed", "left"]);
  });

  test("before a resumed release has moved anything: it keeps what it had", async () => {
    await release(stoppedDuring("update"), plan);
    const before = world.changes.length;
    expect(await run({ isResume: true })).toBe("stopped");
    expect(world.events.at(-1)).toEqual({ event: "stopped", percent: 10, version: "2" });
    expect(world.changes).toHaveLength(before);
  });
});

test("errors from before the stop count after it", async () => {
  world.meanwhile = () => (world.isStopped = true);
  await run();
  world.call("2", true);
  world.now += 600_000;
  world.isStopped = false;
  world.meanwhile = () => undefined;
  expect(await run({ isResume: true })).toBe("no");
  expect(world.routing).toBe("1");
});

describe("refused, with nothing moved:", () => {
  test("a second release while one is under way", async () => {
    world.meanwhile = () => (world.isStopped = true);
    await run();
    const before = world.changes.length;
    expect(await run()).toBe("no");
    expect(world.events.at(-1)).toMatchObject({ sentence: expect.stringContaining("--resume") as string });
    expect(world.changes).toHaveLength(before);
  });

  test("an alias that somebody else has split", async () => {
    const split = { additional: { version: "2", weight: 0.2 }, description: "by hand" };
    world.versions.publish({}, 0);
    world.versions.updateAlias("live", split);
    for (const isResume of [false, true]) expect(await run({ isResume })).toBe("no");
    expect([world.routing, world.changes]).toEqual(["1+2@0.2", []]);
  });

  test("an alias on $LATEST", async () => {
    world.versions.updateAlias("live", { functionVersion: "$LATEST" });
    expect(await run()).toBe("no");
    expect(world.changes).toEqual([]);
  });

  test("an alias whose description has no room for the mark", async () => {
    world.versions.updateAlias("live", { description: "x".repeat(193) });
    expect(await run()).toBe("no");
    expect(world.events).toMatchObject([{ sentence: expect.stringContaining("192 characters") as string }]);
    expect(world.changes).toEqual([]);
  });

  test("resuming where somebody has moved the alias's own version since", async () => {
    world.meanwhile = () => (world.isStopped = true);
    await run();
    const { additional = null, description } = world.alias;
    world.edit("c").versions.publish({}, world.now);
    world.versions.updateAlias("live", { functionVersion: "3", additional, description });
    world.isStopped = false;
    expect([await run({ isResume: true }), world.routing]).toEqual(["no", "3+2@0.1"]);
  });

  test("resuming where nothing was begun", async () => {
    expect(await run({ isResume: true })).toBe("no");
  });

  test("a version that was rolled back, unless it is asked for again", async () => {
    world.meanwhile = () => world.call("2", true);
    await run();
    world.calls.splice(0);
    world.meanwhile = () => world.call("2");
    expect(await run()).toBe("no");
    expect(world.routing).toBe("1");
    expect(await run({ isAgain: true })).toBe("done");
    expect(world.routing).toBe("2");
  });
});

describe("a version that is still being made", () => {
  const pending = (states: readonly VersionState["state"][]): ReleasePorts => {
    const left = [...states];
    const { alias, ...others } = world.ports;
    const inItsState = async (answer: Promise<Result<VersionState, Fault>>) => {
      const { version, codeSha256 } = accepted(await answer);
      const state = version === "2" ? (left.shift() ?? "Active") : "Active";
      return accept({ version, codeSha256, state, ...(state === "Failed" && { reason: "no such subnet" }) });
    };
    return {
      ...others,
      isStopped: () => world.isStopped,
      alias: {
        ...alias,
        publish: (sha) => inItsState(alias.publish(sha)),
        describe: (version) => inItsState(alias.describe(version)),
      },
    };
  };

  test("is waited for", async () => {
    expect(await release(pending(["Pending", "Pending", "Active"]), { ...plan, steps: [] })).toBe("done");
    expect([world.routing, world.now - NEW_YEAR]).toEqual(["2", 4_000]);
  });

  test("is not moved to when it cannot be made", async () => {
    expect(await release(pending(["Pending", "Failed"]), plan)).toBe("no");
    expect(world.events.at(-1)).toEqual({
      event: "refused",
      sentence: "version 2 is Failed: no such subnet",
    });
    expect(world.routing).toBe("1");
  });

  test("is left by Ctrl-C with nothing moved", async () => {
    world.meanwhile = () => (world.isStopped = true);
    expect(await release(pending(["Pending", "Pending"]), plan)).toBe("stopped");
    expect([world.routing, world.events.at(-1)]).toEqual([
      "1",
      { event: "stopped", percent: 0, version: "2" },
    ]);
  });
});

test("somebody else's change between the steps ends it, and what they did stays", async () => {
  world.meanwhile = (sleep) => {
    world.call("2");
    if (sleep === 2) world.versions.updateAlias("live", { functionVersion: "1", additional: null });
  };
  expect(await run()).toBe("no");
  expect(world.routing).toBe("1");
  expect(world.told.at(-1)).toBe("conflict");
});

test("an AWS that fails between the steps leaves it where it is and says how to go on", async () => {
  world.meanwhile = (sleep) => {
    world.call("2");
    if (sleep === 2) world.updateFault = { kind: "failed", sentence: "down" };
  };
  expect(await run()).toBe("failed");
  expect(world.events.slice(-2)).toEqual([
    { event: "failed", sentence: "down" },
    { event: "left", percent: 10, version: "2" },
  ]);
});

test("an AWS that fails while a bad version goes back is asked again until it is back", async () => {
  world.meanwhile = (sleep) => {
    world.call("2", true);
    world.updateFault = sleep < 4 ? { kind: "failed", sentence: "down" } : undefined;
  };
  expect(await run()).toBe("no");
  expect(world.routing).toBe("1");
  expect(world.told).toEqual([
    ...["published", "step", "look", "over", "retried", "retried", "retried"],
    "rolled_back",
  ]);
});

test("somebody else's change while a bad version goes back is told at once, and not tried again", async () => {
  world.meanwhile = () => {
    world.call("2", true);
    world.versions.updateAlias("live", { description: "mine now" });
  };
  expect(await run()).toBe("no");
  expect(world.told.slice(-2)).toEqual(["over", "conflict"]);
});

test("Ctrl-C between two tries of going back leaves it where it is, and says where", async () => {
  world.meanwhile = (sleep) => {
    world.call("2", true);
    world.updateFault = sleep === 1 ? { kind: "failed", sentence: "down" } : undefined;
    world.isStopped = sleep === 2;
  };
  expect(await release({ ...world.ports, isStopped: () => world.isStopped }, plan)).toBe("failed");
  expect(world.told.slice(-4)).toEqual(["over", "retried", "failed", "left"]);
  expect(world.routing).toBe("1+2@0.1");
});

test("an AWS that goes on failing then is left alone after a minute, and what to do is said", async () => {
  world.meanwhile = () => {
    world.call("2", true);
    world.updateFault = { kind: "failed", sentence: "down" };
  };
  expect(await run()).toBe("failed");
  expect(world.told.filter((each) => each === "retried")).toHaveLength(5);
  expect(world.told.slice(-2)).toEqual(["failed", "left"]);
});
