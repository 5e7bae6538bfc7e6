import { isLoopbackHost } from "../../server/core/loopback.js";

test.each(["localhost", "127.0.0.1", "127.255.1.2", "[::1]"])("%s is this machine", (hostname) => {
  expect(isLoopbackHost(hostname)).toBe(true);
});

test.each(["localhost.example.com", "127.0.0.1.example.com", "10.0.0.1", "0.0.0.0", "[::]", "127.1", ""])(
  "%j is not",
  (hostname) => {
    expect(isLoopbackHost(hostname)).toBe(false);
  },
);
