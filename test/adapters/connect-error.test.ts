import { connect, type LookupFunction } from "node:net";
import { causeOf, isRefused } from "../../server/adapters/connect-error.js";
import { startTcpServer } from "../fixtures/tcp-server.js";

const coded = (code: string, message = "") => Object.assign(new Error(message), { code });

/** Node's, where trying one address after the other (RFC 8305) came to nothing. */
const attempts = (...errors: Error[]) => Object.assign(new AggregateError(errors), { code: "EHOSTUNREACH" });

test.each([
  [coded("ECONNREFUSED"), true],
  [attempts(coded("EHOSTUNREACH"), coded("ECONNREFUSED")), true],
  [attempts(coded("EHOSTUNREACH"), coded("ETIMEDOUT")), false],
  [coded("ECONNRESET"), false],
  [coded("UND_ERR_CONNECT_TIMEOUT"), false],
  [new Error("ECONNREFUSED"), false],
])("%# a connection was refused", (error, refused) => {
  expect(isRefused(error)).toBe(refused);
});

test("a port where nobody listens refuses, on every address of its host", async () => {
  const server = await startTcpServer();
  await server.close();
  const port = Number(new URL(server.origin).port);
  const lookup: LookupFunction = (_host, _options, found) =>
    found(null, [
      { address: "127.0.0.1", family: 4 },
      { address: "127.0.0.2", family: 4 },
    ]);
  const error = await new Promise<Error>((resolve) => {
    connect({ host: "both.test", port, autoSelectFamily: true, lookup }).once("error", resolve);
  });
  expect("errors" in error).toBe(true);
  expect(isRefused(error)).toBe(true);
  expect(causeOf(error)).toMatch(/^ECONNREFUSED: .*127\.0\.0\.1.*127\.0\.0\.2/);
});

test.each([
  [undefined, "no connection"],
  [coded("UND_ERR_SOCKET", "other side closed"), "UND_ERR_SOCKET: other side closed"],
  [new Error("a text alone"), "a text alone"],
  [attempts(coded("A", "one"), coded("B", "two")), "EHOSTUNREACH: one, two"],
])("%# the cause says code and text", (error, cause) => {
  expect(causeOf(error)).toBe(cause);
});
