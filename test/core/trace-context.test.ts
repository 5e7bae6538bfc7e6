import { traceParentOf, traceStateOf, withTraceParent } from "../../server/core/trace-context.js";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const parentOf = (...values: string[]) => traceParentOf(values.flatMap((value) => ["Traceparent", value]));

describe("traceparent", () => {
  test.each([
    [`00-${traceId}-${spanId}-01`, true],
    [`00-${traceId}-${spanId}-00`, false],
    [`00-${traceId}-${spanId}-03`, true],
    [` 00-${traceId}-${spanId}-01 `, true],
    [`01-${traceId}-${spanId}-01`, true],
    [`cc-${traceId}-${spanId}-01-what-the-future-will-be-like`, true],
  ])("%s is carried on", (value, isSampled) => {
    expect(parentOf(value)).toEqual({ traceId, spanId, isSampled });
  });

  test.each([
    "",
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${traceId.slice(1)}-${spanId}-01`,
    `00-${traceId}-${spanId}-1`,
    `00-${traceId}-${spanId}`,
    `cc-${traceId}-${spanId}-01.what`,
  ])("%p is none", (value) => {
    expect(parentOf(value)).toBeUndefined();
  });

  test("is none where it is missing or stands twice", () => {
    const value = `00-${traceId}-${spanId}-01`;
    expect(parentOf()).toBeUndefined();
    expect(parentOf(value, value)).toBeUndefined();
  });
});

describe("tracestate", () => {
  test("is one list of all its lines", () => {
    expect(traceStateOf(["tracestate", "a=1", "x", "y", "Tracestate", "b=2"])).toBe("a=1,b=2");
  });

  test("is left out where there is none, or more than 512 characters of it", () => {
    expect(traceStateOf([])).toBeUndefined();
    expect(traceStateOf(["tracestate", "a".repeat(512)])).toHaveLength(512);
    expect(traceStateOf(["tracestate", "a".repeat(513)])).toBeUndefined();
  });
});

test("what is sent on has one traceparent, ours, and every other field as it was", () => {
  const headers = ["Traceparent", "x", "Accept", "*/*", "tracestate", "a=1", "traceparent", "y"];
  expect(withTraceParent(headers, { traceId, spanId, isSampled: true }, "a=1")).toEqual([
    ...["Accept", "*/*", "traceparent", `00-${traceId}-${spanId}-01`, "tracestate", "a=1"],
  ]);
  expect(withTraceParent([], { traceId, spanId, isSampled: false }, undefined)).toEqual([
    ...["traceparent", `00-${traceId}-${spanId}-00`],
  ]);
});
