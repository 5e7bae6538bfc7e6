// The command line of the bench.
import { measurementNames, readOptions } from "../../bench/options.js";

test("a whole run measures everything, and its figures are kept", () => {
  expect(readOptions([])).toEqual({
    ok: true,
    value: {
      measurements: measurementNames,
      rounds: 4,
      length: { seconds: 2 },
      isQuick: false,
      jsonFile: "bench/latest.json",
      updatesReadme: true,
    },
  });
});

test.each([
  ["a part", ["--only", "small-get"]],
  ["the smallest form", ["--quick"]],
])("%s leaves the kept figures alone", (_, argv) => {
  const options = readOptions(argv);
  expect(options).toMatchObject({ ok: true, value: { updatesReadme: false } });
  expect(options).not.toHaveProperty("value.jsonFile");
});

test("a whole run with a file of its own leaves the kept figures alone", () => {
  expect(readOptions(["--json", "mine.json"])).toMatchObject({
    value: { jsonFile: "mine.json", updatesReadme: false },
  });
});

test("--only takes a list, several times, and keeps the order of the table", () => {
  expect(readOptions(["--only", "first-byte,post-16k", "--only", "small-get"])).toMatchObject({
    value: { measurements: ["small-get", "post-16k", "first-byte"] },
  });
});

test("--help asks for nothing else", () => {
  expect(readOptions(["--help"])).toEqual({ ok: true, value: undefined });
});

test.each([
  [["--only", "everything"], /^--only takes small-get, .*not "everything"$/],
  [["--rounds", "0"], /^--rounds takes/],
  [["--rounds", "1.5"], /^--rounds takes/],
  [["--rounds", "101"], /^--rounds takes/],
  [["--seconds", "0"], /^--seconds takes/],
  [["--seconds", "61"], /^--seconds takes/],
  [["--seconds", "many"], /^--seconds takes/],
  [["--fast"], /--fast/],
  [["small-get"], /small-get/],
])("%j is refused in words", (argv, sentence) => {
  expect(readOptions(argv)).toEqual({ ok: false, denial: expect.stringMatching(sentence) as unknown });
});

test.each(["1", "100"])("--rounds %s is taken", (rounds) => {
  expect(readOptions(["--rounds", rounds])).toMatchObject({ value: { rounds: Number(rounds) } });
});

test.each(["0.1", "60"])("--seconds %s is taken", (seconds) => {
  expect(readOptions(["--seconds", seconds])).toMatchObject({
    value: { length: { seconds: Number(seconds) } },
  });
});

test("the smallest form counts calls, unless seconds are asked for", () => {
  expect(readOptions(["--quick"])).toMatchObject({ value: { rounds: 1, length: { calls: 100 } } });
  expect(readOptions(["--quick", "--seconds", "3"])).toMatchObject({ value: { length: { seconds: 3 } } });
});
