// When a release goes back, what its mark on the alias says, and what is read of a gateway's metrics.
import fc from "fast-check";
import { readCounts } from "../../server/release/gateway-counts.js";
import { addReading, findExcess } from "../../server/release/judge.js";
import { hasRoom, type Mark, readMark, writeMark } from "../../server/release/mark.js";
import { createMetrics } from "../../server/adapters/metrics.js";

describe("errors", () => {
  test.each([
    [{ calls: 9, errors: 0 }, { kind: "errors", most: 0 }, false],
    [{ calls: 9, errors: 1 }, { kind: "errors", most: 0 }, true],
    [{ calls: 9, errors: 1 }, { kind: "errors", most: 1 }, false],
    [{ calls: 100, errors: 1 }, { kind: "rate", percent: 1 }, false],
    [{ calls: 99, errors: 1 }, { kind: "rate", percent: 1 }, true],
    [{ calls: 0, errors: 0 }, { kind: "rate", percent: 0 }, false],
    // The number of calls lags behind.
    [{ calls: 0, errors: 1 }, { kind: "rate", percent: 99 }, true],
    [{ calls: 0, errors: 1 }, { kind: "rate", percent: 100 }, false],
    [{ calls: 9, errors: 0, gateway: { answers: 9, failures: 1 } }, { kind: "errors", most: 0 }, true],
    [{ calls: 9, errors: 0, gateway: { answers: 100, failures: 1 } }, { kind: "rate", percent: 1 }, false],
  ] as const)("%j under %j go back: %p", (seen, limit, isOver) => {
    expect(findExcess(seen, limit) !== undefined).toBe(isOver);
  });
});

describe("two readings of a gateway", () => {
  const none = { answers: 0, failures: 0 };
  test.each([
    ["are apart by what was answered", { startedAt: 1, answers: 7, failures: 3 }, [2, 1]],
    ["begin at 0 after a new start", { startedAt: 2, answers: 70, failures: 30 }, [70, 30]],
    [
      "begin at 0 where one is smaller, whatever the start says",
      { startedAt: 1, answers: 4, failures: 2 },
      [4, 2],
    ],
  ])("%s", (_title, now, [answers, failures]) => {
    const before = { startedAt: 1, answers: 5, failures: 2 };
    expect(addReading(none, before, now)).toEqual({ answers, failures });
  });

  test("are never negative", () => {
    const counts = fc.record({ startedAt: fc.nat(2), answers: fc.nat(50), failures: fc.nat(50) });
    fc.assert(
      fc.property(counts, counts, (before, now) => {
        const { answers, failures } = addReading(none, before, now);
        expect(Math.min(answers, failures)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("the mark on an alias", () => {
  const mark: Mark = { from: "7", to: "8", phase: "begun", at: Date.UTC(2026, 10, 22, 5, 30) };

  test("stands behind what was there, and takes the place of the one before", () => {
    const begun = writeMark("of the shop", mark);
    expect(begun).toBe("of the shop [grantway 7 -> 8 begun 2026-11-22T05:30:00Z]");
    expect(writeMark(begun, { ...mark, phase: "done" })).toBe(
      "of the shop [grantway 7 -> 8 done 2026-11-22T05:30:00Z]",
    );
  });

  test("is read again from any description that has room for it, and other text is never cut", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 256 }), (text) => {
        const description = writeMark(text, mark);
        expect(description.length).toBeLessThanOrEqual(256);
        expect(description).toContain(text.trim());
        expect(readMark(description)).toEqual(hasRoom(text) ? mark : undefined);
      }),
    );
  });

  test("has room beside just 192 characters, be the versions as long as they may", () => {
    const long: Mark = { ...mark, from: "4294967294", to: "4294967295", phase: "undone" };
    expect([hasRoom("x".repeat(192)), hasRoom("x".repeat(193))]).toEqual([true, false]);
    expect(writeMark("x".repeat(192), long)).toHaveLength(256);
    expect(writeMark("x".repeat(193), long)).toBe("x".repeat(193));
  });

  test.each(["", "by hand", "[grantway 7 -> 8]", "[grantway 7 -> x begun 2026-11-22T05:30:00Z]"])(
    "is not in %j",
    (text) => {
      expect(readMark(text)).toBeUndefined();
    },
  );
});

describe("a gateway's metrics", () => {
  test("are read as the gateway writes them: one route, every door and status", async () => {
    const metrics = createMetrics(() => 0);
    const ended = (route: string, status: number, door = "proxy") => {
      metrics.callStarted();
      metrics.callEnded({ route, door, status, verdict: "complete", seconds: 1 });
    };
    ended("hello", 200);
    ended("hello", 500);
    ended("hello", 502);
    ended("hello", 503, "grant");
    ended("hello", 499);
    ended("other", 500);
    const { text } = await metrics.read();
    expect(readCounts(text, "hello")).toMatchObject({ answers: 5, failures: 3 });
    expect(readCounts(text, "unheard")).toMatchObject({ answers: 0, failures: 0 });
    expect(readCounts(text, "hello")?.startedAt).toBeGreaterThan(1_700_000_000);
  });

  test("are nobody's where no start is told", () => {
    expect(readCounts("<html></html>", "hello")).toBeUndefined();
  });
});
