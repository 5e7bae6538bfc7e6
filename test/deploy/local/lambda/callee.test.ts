import { createCallee } from "../../../../deploy/local/aws/lambda/callee.js";
import { fixture, NOW } from "./lambda-harness.js";

const full = { acquire: () => undefined, release: () => undefined };

test.each([
  [undefined, "ConcurrentInvocationLimitExceeded"],
  [5, "ReservedFunctionConcurrentInvocationLimitExceeded"],
  [0, "ReservedFunctionConcurrentInvocationLimitExceeded"],
])("with %p reserved and no place left, the reason is %s", (reservedConcurrency, reason) => {
  const definition = fixture(
    "count",
    "BUFFERED",
    reservedConcurrency === undefined ? {} : { reservedConcurrency },
  );
  expect(createCallee(definition, full, () => NOW).admit()).toEqual({
    ok: false,
    error: { status: 429, type: "TooManyRequestsException", message: "Rate Exceeded.", reason },
  });
});

test("a function that reserves nothing has no request rate here", () => {
  const callee = createCallee(fixture("count"), full, () => NOW);
  const reasons = Array.from({ length: 50 }, () => {
    const admitted = callee.admit();
    return admitted.ok ? undefined : admitted.error.reason;
  });
  expect(new Set(reasons)).toEqual(new Set(["ConcurrentInvocationLimitExceeded"]));
});
