import { forwardedHeaders, type Client } from "../../server/core/forwarded-headers.js";

const client: Client = { address: "203.0.113.7", protocol: "https", host: "api.example.com" };
const own = [
  ...["via", "1.1 grantway"],
  ...["x-forwarded-for", "203.0.113.7", "x-forwarded-proto", "https", "x-forwarded-host", "api.example.com"],
  ...["forwarded", 'for=203.0.113.7;proto=https;host="api.example.com"', "x-request-id", "r-1"],
];

const forward = (headers: readonly string[], identity: readonly (readonly [string, string])[] = []) =>
  forwardedHeaders({ headers, client, requestId: "r-1" }, identity);

describe("forwardedHeaders", () => {
  test("passes what speaks to the function as it came: case, order and repeats", () => {
    const headers = ["Accept", "a", "X-Custom", "1", "Cookie", "a=b", "x-custom", "2", "Content-Type", "t/x"];
    expect(forward(headers)).toEqual([...headers, ...own]);
  });

  test("adds its Via after the caller's own", () => {
    expect(forward(["Via", "1.1 edge"])).toEqual(["Via", "1.1 edge", ...own]);
  });

  test.each([
    ...["Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE"],
    ...[
      "Trailer",
      "Transfer-Encoding",
      "Upgrade",
      "Authorization",
      "DPoP",
      "Host",
      "Date",
      "Expect",
      "Content-Length",
    ],
    ...[
      "Forwarded",
      "X-Request-Id",
      "X-Forwarded-For",
      "X-Forwarded-Host",
      "X-Forwarded-Proto",
      "X-Forwarded-Port",
    ],
    ...["x-amz-date", "X-Amz-Security-Token", "X-AMZ-CONTENT-SHA256", "X-Amz-Meta-A", "x-forwarded-anything"],
  ])("drops %s of the caller, however it is spelled", (name) => {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase(), name.replaceAll("-", "_")]) {
      expect(forward(["Accept", "a", spelling, "forged"])).toEqual(["Accept", "a", ...own]);
    }
  });

  test.each(["keep-alive", "close"])("drops nothing else where Connection says %s", (connection) => {
    expect(forward(["Connection", connection, "Accept", "a"])).toEqual(["Accept", "a", ...own]);
  });

  test("drops what Connection names, over several fields and with blanks", () => {
    const headers = [
      "Connection",
      "close, X-A",
      "X-A",
      "1",
      "X-B",
      "2",
      "X-C",
      "3",
      "connection",
      " x-b\t,,",
    ];
    expect(forward(headers)).toEqual(["X-C", "3", ...own]);
  });

  test.each([
    ["x-a", "X-A", false],
    ["x-a", "x_a", false],
    ["X-A-B", "x_a-b", false],
    ["x_a", "x_a", false],
    ["x-a", "x_b", true],
  ])("where Connection names %s, that %s passes is %s", (connection, name, expected) => {
    expect(forward(["Connection", connection, name, "1"]).includes(name)).toBe(expected);
  });

  test("sets identity headers in place of the caller's", () => {
    const forged = ["x-caller-sub", "admin", "X-Caller-Sub", "root", "X-CALLER-SUB", "", "Accept", "a"];
    expect(forward(forged, [["x-caller-sub", "alice"]])).toEqual([
      "Accept",
      "a",
      "x-caller-sub",
      "alice",
      ...own,
    ]);
  });

  test("lets no underscore stand for a hyphen: CGI-like frameworks read both names as one", () => {
    const forged = ["X_Caller_Sub", "admin", "x-caller_sub", "admin", "x_custom", "kept"];
    expect(forward(forged, [["x-caller-sub", "alice"]])).toEqual([
      "x_custom",
      "kept",
      "x-caller-sub",
      "alice",
      ...own,
    ]);
    expect(forward(["x-caller-sub", "admin"], [["x_caller_sub", "alice"]])).toEqual([
      "x_caller_sub",
      "alice",
      ...own,
    ]);
  });

  test("lets no Connection field name away what the gateway sets", () => {
    const names =
      "x-caller-sub, x-forwarded-for, x-forwarded-host, forwarded, x-request-id, x-amz-date, host";
    const sent = forward(["Connection", names], [["x-caller-sub", "alice"]]);
    expect(sent).toEqual(["x-caller-sub", "alice", ...own]);
  });

  test("passes header bytes above ASCII untouched", () => {
    expect(forward(["X-Name", "caf\u00e9"])).toEqual(["X-Name", "caf\u00e9", ...own]);
  });
});

describe("where the call came from", () => {
  const forwardedFor = (from: Client) =>
    forwardedHeaders({ headers: [], client: from, requestId: "r-1" }, []);

  test("writes an IPv6 address as RFC 7239 section 6 asks", () => {
    const sent = forwardedFor({ address: "2001:db8::1", protocol: "http" });
    expect(sent).toEqual([
      ...["via", "1.1 grantway", "x-forwarded-for", "2001:db8::1", "x-forwarded-proto", "http"],
      ...["forwarded", 'for="[2001:db8::1]";proto=http', "x-request-id", "r-1"],
    ]);
  });

  test("keeps a host from breaking out of its quotes", () => {
    const sent = forwardedFor({ ...client, host: 'a";for=127.0.0.1;x="\\' });
    expect(sent).toContain('for=203.0.113.7;proto=https;host="a;for=127.0.0.1;x="');
  });
});
