import { relayedTrailers } from "../../server/core/relayed-trailers.js";

test("trailers pass as they came: case, order, repeats and bytes", () => {
  const trailers = ["X-Checksum", "caf\u00e9", "Server-Timing", "a", "x-checksum", "2"];
  expect(relayedTrailers(trailers)).toEqual(trailers);
});

test.each([
  ...["Content-Length", "content-type", "Content-Encoding", "Transfer-Encoding", "Trailer", "Host"],
  ...["Connection", "Keep-Alive", "Upgrade", "Set-Cookie", "X-Request-Id"],
])("%s has no place after the body", (name) => {
  expect(relayedTrailers(["x-a", "1", name, "x", "x-b", "2"])).toEqual(["x-a", "1", "x-b", "2"]);
});
