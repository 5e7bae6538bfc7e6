import { errorStyleFor, styleFor } from "../../server/cli/style.js";

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ NO_COLOR: "1" }, true, false],
  [{ NO_COLOR: "" }, true, true],
  [{ TERM: "dumb" }, true, false],
  [{ FORCE_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
  [{ FORCE_COLOR: "0" }, true, false],
])("with %j, on a terminal: %s, there are colours: %s", (env, isTerminal, isColoured) => {
  const painted = isColoured ? "\u001b[31mx\u001b[39m" : "x";
  expect(styleFor({ env, isTerminal }).red("x")).toBe(painted);
  expect(errorStyleFor({ env, isErrorTerminal: isTerminal }).red("x")).toBe(painted);
});
