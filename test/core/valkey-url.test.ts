import { parseValkeyUrl } from "../../server/core/valkey-url.js";
import { accepted, refused } from "../fixtures/outcome.js";

test.each([
  ["rediss://cache.example.com", { host: "cache.example.com", port: 6379, isTls: true, database: 0 }],
  ["valkeys://cache.example.com:7000/", { host: "cache.example.com", port: 7000, isTls: true, database: 0 }],
  ["redis://valkey:6379", { host: "valkey", port: 6379, isTls: false, database: 0 }],
  ["valkey://127.0.0.1:6379/3", { host: "127.0.0.1", port: 6379, isTls: false, database: 3 }],
  ["redis://[::1]:6379", { host: "::1", port: 6379, isTls: false, database: 0 }],
  ["redis://LOCALHOST", { host: "localhost", port: 6379, isTls: false, database: 0 }],
  [
    "rediss://gate:p%40ss%2Fword@cache.example.com",
    {
      ...{ host: "cache.example.com", port: 6379, isTls: true, database: 0 },
      ...{ username: "gate", password: "p@ss/word" },
    },
  ],
  [
    "rediss://:secret@[2001:db8::1]:6379",
    { host: "2001:db8::1", port: 6379, isTls: true, database: 0, password: "secret" },
  ],
])("%s is read", (url, server) => {
  expect(accepted(parseValkeyUrl(url))).toEqual(server);
});

describe("without encryption", () => {
  test.each([
    ["a name with a dot", "redis://cache.example.com:6379"],
    ["a name with a dot at its end", "redis://cache.:6379"],
    ["an address", "redis://10.0.0.7:6379"],
    ["an IPv6 address", "redis://[2001:db8::1]:6379"],
    ["an address in one number, which resolvers take", "valkey://134744072:6379"],
    ["the same in hexadecimal", "valkey://0x08080808:6379"],
  ])("no password goes to %s", (_, url) => {
    expect(refused(parseValkeyUrl(url))).toMatch(/^is not encrypted/);
  });
});

test.each([
  ["another scheme", "https://cache.example.com"],
  ["no host", "redis://"],
  ["a path that is no database", "redis://localhost/cache"],
  ["a query", "redis://localhost/0?db=1"],
  ["a fragment, which a # in a password makes", "redis://u:12#secret@localhost"],
  ["a slash in a password", "redis://u:12/secret@localhost"],
  ["a percent sign alone in a password", "redis://u:100%secret@localhost"],
  ["a port beyond all", "redis://localhost:70000"],
  ["white space", "redis://local host"],
  ["too long a text", `redis://${"a".repeat(2048)}`],
  ["nothing", ""],
])("%s is refused, and not quoted", (_, url) => {
  const fault = refused(parseValkeyUrl(url));
  expect(fault).toMatch(/^must be a URL such as/);
  expect(fault).not.toContain("secret");
});
