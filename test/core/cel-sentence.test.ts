import { celSentence } from "../../server/core/cel-sentence.js";

test.each([
  [
    "the library's error by its summary",
    Object.assign(new Error("drawn\n  ^"), { summary: "plain" }),
    "plain",
  ],
  ["any other error by its message", new RangeError("too deep"), "too deep"],
  ["what is no error at all", undefined, "fails without a reason"],
])("tells %s", (_what, error, sentence) => {
  expect(celSentence(error)).toBe(sentence);
});
