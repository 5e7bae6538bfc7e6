import { createCallee } from "../../../../deploy/local/aws/lambda/callee.js";
import type { FunctionDefinition } from "../../../../deploy/local/aws/model.js";
import { fixture, NOW } from "./lambda-harness.js";

const picked = { version: "1", isSplit: false } as const;
const full = (definition: FunctionDefinition) => ({
  definition,
  pick: () => ({ ok: true, value: picked }) as const,
  poolOf: () => ({ acquire: () => undefined, release: () => undefined }),
});

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
  expect(createCallee(full(definition), () => NOW).admit(picked)).toEqual({
    ok: false,
    error: { status: 429, type: "TooManyRequestsException", message: "Rate Exceeded.", reason },
  });
});

test("a function that reserves nothing has no request rate here", () => {
  const callee = createCallee(full(fixture("count")), () => NOW);
  const reasons = Array.from({ length: 50 }, () => {
    const admitted = callee.admit(picked);
    return admitted.ok ? undefined : admitted.error.reason;
  });
  expect(new Set(reasons)).toEqual(new Set(["ConcurrentInvocationLimitExceeded"]));
});
