// Where an alias goes back to, as far as it can be known.
import { release } from "../../server/release/release.js";
import { rollback } from "../../server/release/rollback.js";
import { FakeWorld, plan } from "./fake-world.js";

let world: FakeWorld;
beforeEach(() => {
  world = new FakeWorld().edit("b");
});
const back = (to?: string, isDryRun = false) => rollback(world.ports, { to, isDryRun });

test("a release that is under way ends on the version before", async () => {
  world.meanwhile = () => (world.isStopped = true);
  await release(world.ports, plan);
  expect(await back()).toBe("done");
  expect(world.routing).toBe("1");
});

test("a finished release is taken back, once", async () => {
  await release(world.ports, { ...plan, isQuietAllowed: true });
  expect(await back()).toBe("done");
  expect(world.routing).toBe("1");
  expect(await back()).toBe("no");
});

test("without a release the version must be named, and must be there", async () => {
  expect(await back()).toBe("no");
  world.versions.publish({}, 0);
  expect(await back("2")).toBe("done");
  expect(world.routing).toBe("2");
  expect(await back("9")).toBe("failed");
  expect(await back("2")).toBe("no");
});

test("a split of somebody else's is ended only by name", async () => {
  world.versions.publish({}, 0);
  world.versions.updateAlias("live", { additional: { version: "2", weight: 0.3 } });
  expect(await back()).toBe("no");
  expect(await back("1")).toBe("done");
  expect(world.routing).toBe("1");
});

test("a split that was made over a release's mark is somebody else's too", async () => {
  world.meanwhile = () => (world.isStopped = true);
  await release(world.ports, plan);
  world.edit("c").versions.publish({}, 0);
  world.versions.updateAlias("live", { additional: { version: "3", weight: 0.3 } });
  expect([await back(), world.routing]).toEqual(["no", "1+3@0.3"]);
});

test("a description without room for a mark stays as it is", async () => {
  world.versions.publish({}, 0);
  world.versions.updateAlias("live", { description: "x".repeat(256) });
  expect(await back("2")).toBe("done");
  expect([world.routing, world.alias.description]).toEqual(["2", "x".repeat(256)]);
});

test("a dry run changes nothing", async () => {
  await release(world.ports, { ...plan, isQuietAllowed: true });
  expect(await back(undefined, true)).toBe("done");
  expect([world.routing, world.events.at(-1)]).toEqual([
    "2",
    { event: "would", call: "UpdateAlias: version 1 alone" },
  ]);
});
