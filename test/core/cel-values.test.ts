import { toCelMap } from "../../server/core/cel-values.js";

test("a fault of ours while reading claims is thrown, not told as a fault of the claims", () => {
  const claims = Object.defineProperty({}, "sub", {
    enumerable: true,
    get: () => {
      throw new Error("a bug");
    },
  });
  expect(() => toCelMap(claims)).toThrow("a bug");
});
