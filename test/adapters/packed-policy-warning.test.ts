import { createPackedPolicyWarning } from "../../server/adapters/packed-policy-warning.js";
import { now } from "../fixtures/principal.js";
import { roleSessionWith } from "../fixtures/session.js";

function setUp() {
  const state = { now };
  const warned: object[] = [];
  const observe = createPackedPolicyWarning({
    clock: () => state.now,
    warn: (fields) => warned.push(fields),
  });
  const assume = (rule: string, packedPolicySize?: number) =>
    observe({
      rule,
      outcome: "ok",
      seconds: 0,
      session: roleSessionWith(packedPolicySize === undefined ? {} : { packedPolicySize }),
    });
  return { state, warned, observe, assume };
}

test("warns from 70 percent, with the rule and the number", () => {
  const { assume, warned } = setUp();
  assume("analyst", 69);
  expect(warned).toEqual([]);
  assume("analyst", 70);
  expect(warned).toEqual([{ rule: "analyst", packedPolicySize: 70 }]);
});

test("warns once for each rule in an hour", () => {
  const { assume, warned, state } = setUp();
  assume("analyst", 80);
  assume("viewer", 81);
  state.now += 3_599_999;
  assume("analyst", 99);
  expect(warned).toHaveLength(2);
  state.now += 1;
  assume("analyst", 82);
  expect(warned).toEqual([
    { rule: "analyst", packedPolicySize: 80 },
    { rule: "viewer", packedPolicySize: 81 },
    { rule: "analyst", packedPolicySize: 82 },
  ]);
});

test("has nothing to say where STS said nothing, or gave no session", () => {
  const { assume, observe, warned } = setUp();
  assume("analyst");
  observe({ rule: "analyst", outcome: "session_refused", seconds: 0 });
  expect(warned).toEqual([]);
});
