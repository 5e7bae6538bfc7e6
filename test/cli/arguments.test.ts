import { parseTime, withEnvironment } from "../../server/cli/arguments.js";
import { accepted, refused } from "../fixtures/outcome.js";

test.each([
  ["2026-01-01T00:00:00Z", 1_767_225_600_000],
  ["2026-01-01T01:00:00+01:00", 1_767_225_600_000],
  ["2026-01-01T00:00Z", 1_767_225_600_000],
  ["2026-01-01", 1_767_225_600_000],
  ["1767225600", 1_767_225_600_000],
  ["0", 0],
])("%s is a time", (text, milliseconds) => {
  expect(accepted(parseTime(text))).toBe(milliseconds);
});

// Without a zone a time would mean another moment on another machine.
test.each(["", "yesterday", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "-1", "1e9", "1767225600000"])(
  "%j is none",
  (text) => {
    expect(refused(parseTime(text))).toContain("must be a time");
  },
);

test("--env goes over the process's own environment", () => {
  const env = accepted(withEnvironment({ A: "1", B: "2" }, ["B=x=y\nz", "C="]));
  expect(env).toEqual({ A: "1", B: "x=y\nz", C: "" });
});

test.each(["secret", "=secret", "1A=secret", "A B=secret"])("--env %j is refused and not quoted", (pair) => {
  expect(refused(withEnvironment({}, [pair]))).toBe("--env takes NAME=VALUE");
});
