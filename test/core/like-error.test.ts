import { likeError } from "../../server/core/like-error.js";

test.each<[string, unknown, object]>([
  ["an error", new TypeError("no"), { name: "TypeError", message: "no" }],
  [
    "what has its shape, of another realm",
    { name: "Throttling", message: "slow" },
    { name: "Throttling", message: "slow" },
  ],
  ["a text", "no", { name: "Error", message: "no" }],
  ["nothing", undefined, { name: "Error", message: "undefined" }],
  ["null", null, { name: "Error", message: "null" }],
  ["a name alone", { name: "x" }, { name: "Error", message: "[object Object]" }],
])("%s", (_title, thrown, told) => {
  expect(likeError(thrown)).toEqual(told);
});
