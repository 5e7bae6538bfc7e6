import { faultsIn, minimal, without } from "./documents.js";

const withListen = (listen: object) => ({ ...minimal, listen });

describe("refuses", () => {
  test.each<[string, unknown, string, string]>([
    ["no document", "", "(document)", "must be a mapping"],
    ["a list", "[]", "(document)", "must be a mapping; got a list"],
    ["no issuers", without(minimal, "issuers"), "issuers", "is missing: must be a list"],
    ["an empty list of issuers", { ...minimal, issuers: [] }, "issuers", "must not be empty"],
    ["no roles", { ...minimal, roles: [] }, "roles", "must not be empty"],
    ["no routes", { ...minimal, routes: [] }, "routes", "must not be empty"],
    ["no sts", without(minimal, "sts"), "sts", "is missing"],
    [
      "an unknown section",
      { ...minimal, stss: {} },
      "stss",
      "is not a known key (did you mean sts?); known are issuers, roles",
    ],
    [
      "an STS endpoint over http",
      { ...minimal, sts: { region: "eu-west-1", endpoint: "http://sts.example.com" } },
      "sts.endpoint",
      "https:",
    ],
    ["a region that is none", { ...minimal, sts: { region: "europe" } }, "sts.region", "such as eu-west-1"],
    [
      "any origin with credentials",
      { ...minimal, cors: { origins: ["*"], credentials: true } },
      "cors.origins",
      "while credentials is true",
    ],
    [
      "an origin with a path",
      { ...minimal, cors: { origins: ["https://a.example.com/"] } },
      "cors.origins[0]",
      "without a path",
    ],
    [
      "an origin with a default port",
      { ...minimal, cors: { origins: ["https://a.example.com:443"] } },
      "cors.origins[0]",
      "no default port",
    ],
    ["the origin null", { ...minimal, cors: { origins: ["null"] } }, "cors.origins[0]", "must be an origin"],
    [
      "an origin pattern",
      { ...minimal, cors: { origins: ["https://*.example.com"] } },
      "cors.origins[0]",
      "must be an origin",
    ],
    [
      "a preflight age over a day",
      { ...minimal, cors: { origins: ["*"], maxAge: "24h1s" } },
      "cors.maxAge",
      "24h",
    ],
    ["a port of 65536", withListen({ port: 65536 }), "listen.port", "from 0 to 65535; got 65536"],
    ["a port of 1.5", withListen({ port: 1.5 }), "listen.port", "whole number"],
    ["one port for both listeners", withListen({ port: 8081 }), "listen.adminPort", "must differ from port"],
    [
      "a proxy that is a host name",
      withListen({ trustProxy: ["proxy.local"] }),
      "listen.trustProxy[0]",
      "CIDR",
    ],
    ["a CIDR block of 33 bits", withListen({ trustProxy: ["10.0.0.0/33"] }), "listen.trustProxy[0]", "CIDR"],
    [
      "an origin with a path",
      withListen({ origins: ["https://a.example/b"] }),
      "listen.origins[0]",
      "no path",
    ],
    ["an origin in the clear", withListen({ origins: ["http://a.example"] }), "listen.origins[0]", "https:"],
    ["no origin", withListen({ origins: [] }), "listen.origins", "must not be empty"],
    ["-1 proxies", withListen({ trustProxy: -1 }), "listen.trustProxy", "whole number from 0 to 32"],
    ["a drain of an hour and a second", withListen({ drain: "1h1s" }), "listen.drain", "from 0s to 1h"],
    [
      "bodies of more than 6 MB",
      { ...minimal, limits: { bodyBytes: 6291457 } },
      "limits.bodyBytes",
      "6291456",
    ],
    [
      "a buffer for less than one body",
      { ...minimal, limits: { bufferedBytes: 6291455 } },
      "limits.bufferedBytes",
      "at least bodyBytes",
    ],
    ["tokens of 255 bytes", { ...minimal, limits: { tokenBytes: 255 } }, "limits.tokenBytes", "from 256"],
  ])("%s", (_name, document, path, message) => {
    expect(faultsIn(document)[path]).toContain(message);
  });
});

describe("accepts, just at the edge,", () => {
  test.each<[string, object]>([
    ["any origin without credentials", { ...minimal, cors: { origins: ["*"] } }],
    [
      "origins of web views",
      { ...minimal, cors: { origins: ["capacitor://localhost", "http://localhost:5173"] } },
    ],
    ["port 0 twice", withListen({ port: 0, adminPort: 0 })],
    ["proxies by address", withListen({ trustProxy: ["10.0.0.0/8", "::1", "fd00::/8", "192.0.2.1/32"] })],
    ["a buffer for one body", { ...minimal, limits: { bufferedBytes: 6291456 } }],
    ["no bodies", { ...minimal, limits: { bodyBytes: 0 } }],
  ])("%s", (_name, document) => {
    expect(faultsIn(document)).toEqual({});
  });
});
