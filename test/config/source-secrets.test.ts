// A password that breaks the document stands on a line of its own, which nothing may quote.
import { load } from "./documents.js";

test.each([
  ["text in quotes without an end", 'valkey:\n  password: "first\n    hunter2\n'],
  ["text that leaves its column", "valkey:\n  password: first\n hunter2\nroles\n"],
  ["a block that leaves its column", "valkey:\n  password: |\n    first\n   hunter2\n"],
  ["a folded block that leaves its column", "valkey:\n  password: >-\n    first\nhunter2\nroles: []\n"],
  ["text in quotes with a tab and a bad escape", 'valkey:\n  password: "first\n  \thunter2\\q"\n'],
])("a secret of several lines that is %s is a fault with a place, and not quoted", (_, text) => {
  const loaded = load(text);
  expect(loaded.ok).toBe(false);
  expect(JSON.stringify(loaded)).toMatch(/"line \d+, column \d+"/);
  expect(JSON.stringify(loaded)).not.toMatch(/hunter2|first|password/);
});
