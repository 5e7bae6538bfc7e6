// What `Connection` names is for this hop, and `_` is `-` to many frameworks.
import { forwardedHeaders } from "../../server/core/forwarded-headers.js";

const passes = (connection: string, name: string): boolean =>
  forwardedHeaders(
    {
      headers: ["Connection", connection, name, "1"],
      client: { address: "203.0.113.7", protocol: "https" },
      requestId: "r-1",
    },
    [],
  ).includes(name);

test.each([
  ["x-a", "X-A", false],
  ["x-a", "x_a", false],
  ["X-A-B", "x_a-b", false],
  ["x_a", "x_a", false],
  ["x-a", "x_b", true],
])("where Connection names %s, that %s passes is %s", (connection, name, expected) => {
  expect(passes(connection, name)).toBe(expected);
});
