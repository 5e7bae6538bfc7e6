import { firstLine } from "../../server/core/first-line.js";

test.each([
  ["a sentence alone", "The security token is invalid", "The security token is invalid"],
  [
    "nothing after a line feed",
    "The signature does not match\nx-amz-security-token:SECRET",
    "The signature does not match",
  ],
  ["nothing after a carriage return", "does not match\rSECRET", "does not match"],
  ["nothing of what begins with a line end", "\n\nSECRET", ""],
  ["500 characters", "a".repeat(500), "a".repeat(500)],
  ["no more than 500", "a".repeat(501), "a".repeat(500)],
])("of a message it shows %s", (_title, message, shown) => {
  expect(firstLine(message)).toBe(shown);
});
