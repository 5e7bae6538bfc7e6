// Which cores are whose.
import { coresOf, planPinning } from "../../bench/pinning.js";

test.each([
  ["0-3", [0, 1, 2, 3]],
  ["5", [5]],
  ["0,2-3,8", [0, 2, 3, 8]],
  ["", []],
])("%j are the cores %j", (list, cores) => {
  expect(coresOf(list)).toEqual(cores);
});

test("what is measured has the last core to itself", () => {
  expect(planPinning("/usr/bin/taskset", [0, 1, 2])?.underTest).toEqual(["/usr/bin/taskset", "-c", "2"]);
});

test("one core cannot be shared out, nor any without taskset", () => {
  expect(planPinning("/usr/bin/taskset", [0])).toBeUndefined();
  expect(planPinning(undefined, [0, 1])).toBeUndefined();
});
