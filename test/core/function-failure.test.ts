import { failureDenial, functionError } from "../../server/core/function-error.js";

const document = (errorType: unknown, errorMessage: unknown) => JSON.stringify({ errorType, errorMessage });
const timeout = "RequestId: r-1 Error: Task timed out after 3.00 seconds";

test.each<[string, string, string, string]>([
  [document("TypeError", "no"), "", "function_error", "TypeError: no"],
  [document("Sandbox.Timedout", timeout), "", "timed_out", `Sandbox.Timedout: ${timeout}`],
  [
    document(undefined, "2026 r-1 Task timed out after 3.00 seconds"),
    "",
    "timed_out",
    "Unhandled: 2026 r-1 Task timed out after 3.00 seconds",
  ],
  // What a function throws has a type, whatever it says.
  [document("Error", timeout), "", "function_error", `Error: ${timeout}`],
  [document(7, 7), "", "function_error", "Unhandled: "],
  ["null", "", "function_error", "Unhandled: null"],
  ["not JSON\nat all", "", "function_error", "Unhandled: not JSON at all"],
  [document(undefined, "m"), "Runtime.ExitError", "function_error", "Runtime.ExitError: m"],
])("%s with the code %j is %s", (text, code, verdict, cause) => {
  expect(functionError(text, code)).toEqual({ verdict, cause });
});

test("its words in the log are one line of 1,024 characters at most", () => {
  const { cause } = functionError(document("E", `a\nb${"c".repeat(5000)}`));
  expect(cause).toHaveLength(1024);
  expect(cause.startsWith("E: a bc")).toBe(true);
});

test.each([
  [{ verdict: "function_error", cause: "E: m" } as const, { reason: "function_failed", cause: "E: m" }],
  [
    { verdict: "timed_out", cause: timeout } as const,
    { reason: "upstream_timeout", timeoutMs: 3000, cause: timeout },
  ],
  [{ verdict: "timed_out", cause: "?" } as const, { reason: "upstream_timeout", cause: "?" }],
])("%j is refused as %j", (error, denial) => {
  expect(failureDenial(error)).toEqual(denial);
});
