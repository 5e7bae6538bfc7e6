import { RequestRate } from "../../../../deploy/local/aws/lambda/request-rate.js";

const rateAt = (reserved: number) => {
  let now = 1_000_000;
  const rate = new RequestRate(reserved, () => now);
  const takeAll = (): number => {
    let taken = 0;
    while (rate.take()) taken += 1;
    return taken;
  };
  return { takeAll, pass: (ms: number) => void (now += ms) };
};

test.each([
  [1, 10],
  [3, 30],
])("with %d reserved, %d calls fit into one second", (reserved, calls) => {
  expect(rateAt(reserved).takeAll()).toBe(calls);
});

test("calls come back evenly: one in 100 ms, none in 99", () => {
  const { takeAll, pass } = rateAt(1);
  takeAll();
  pass(99);
  expect(takeAll()).toBe(0);
  pass(1);
  expect(takeAll()).toBe(1);
});

test("a long rest saves up no more than one second's calls", () => {
  const { takeAll, pass } = rateAt(1);
  takeAll();
  pass(60_000);
  expect(takeAll()).toBe(10);
});

test("a clock that goes back takes nothing away and gives nothing", () => {
  const { takeAll, pass } = rateAt(1);
  takeAll();
  pass(-5000);
  expect(takeAll()).toBe(0);
  pass(100);
  expect(takeAll()).toBe(1);
});
