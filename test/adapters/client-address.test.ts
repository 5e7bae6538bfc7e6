import { clientAddress } from "../../server/adapters/client-address.js";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["::FFFF:203.0.113.7", "203.0.113.7"],
  ["2001:db8::7", "2001:db8::7"],
  ["_hidden", "unknown"],
  ["", "unknown"],
  [undefined, "unknown"],
])("%j is %s", (text, address) => {
  expect(clientAddress(text)).toBe(address);
});
