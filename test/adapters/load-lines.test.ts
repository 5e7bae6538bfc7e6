// The line that autoscaling on Fargate counts by.
import { createLoadLines } from "../../server/adapters/load-lines.js";

function started() {
  const [lines, due] = [[] as unknown[], [] as { ms: number; act: () => void; isOff: boolean }[]];
  const callsInFlight = new Set<object>();
  const loadLines = createLoadLines({
    callsInFlight,
    log: { info: (...line: unknown[]) => void lines.push(line) },
    after: (ms, act) => {
      const timer = { ms, act, isOff: false };
      due.push(timer);
      return () => (timer.isOff = true);
    },
  });
  return { lines, due, callsInFlight, loadLines };
}

test("every quarter of a minute a line says how many calls are in flight, none included", () => {
  const { lines, due, callsInFlight } = started();
  expect(lines).toEqual([]);
  due[0]?.act();
  callsInFlight.add({}).add({});
  due[1]?.act();
  expect(lines).toEqual([
    [{ callsInFlight: 0 }, "load"],
    [{ callsInFlight: 2 }, "load"],
  ]);
  expect(due.map(({ ms }) => ms)).toEqual([15_000, 15_000, 15_000]);
});

test("after the end no further line comes", () => {
  const { due, loadLines } = started();
  due[0]?.act();
  loadLines.close();
  expect(due.at(-1)?.isOff).toBe(true);
});
