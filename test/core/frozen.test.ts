import { frozen } from "../../server/core/frozen.js";

test("a value is frozen with all that it holds, at any depth", () => {
  const shared = { at: "both" };
  const value = { text: "a", none: null, list: [{ deep: [shared] }], shared };
  expect(frozen(value)).toBe(value);
  for (const each of [value, value.list, value.list[0], value.list[0]?.deep, shared])
    expect(Object.isFrozen(each)).toBe(true);
});
