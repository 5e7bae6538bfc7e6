import { formatFaults } from "../../server/config/fault.js";
import { faultsIn, functionArn, load, minimal } from "./documents.js";

const withListen = (listen: object) => ({ ...minimal, listen });

test("one document with many faults tells all of them, each with its path", () => {
  const document = `
issuers:
  - { name: main, issuer: "http://login.example.com", extra: 1 }
  - { name: main, issuer: "https://b.example.com", audience: null, accept: claims.x + }
roles:
  - name: a
    when: '1'
    roleArn: arn:aws:iam::1:role/x
    tags: { "aws:x": claims.y, Tenant: claims.a, tenant: claims.b }
    transitiveTags: [other]
    duration: 13h
  - { name: a, roleArn: "arn:aws:iam::123456789012:role/x", when: user.admin }
routes:
  - { route: GET /a/, roles: [nobody], target: {} }
  - { route: "GET /a/{id}", timeout: 16m, target: { functionUrl: "https://x/y" } }
  - { route: "GET /a/{name}", roles: [], target: { invoke: x } }
  - { route: ANY /grant/x, target: { functionUrl: "http://localhost:1", functionArn: "${functionArn}" } }
sts: { region: "\${env.NOWHERE}" }
listen: { port: high, drain: 5 }
limits: { bodyBytes: 6291457 }
colour: red
`;
  const faults = faultsIn(document, { PORT: "70000" });
  expect(Object.keys(faults).sort()).toEqual(
    [
      "PORT",
      "colour",
      "issuers[0].audience",
      "issuers[0].extra",
      "issuers[0].issuer",
      "issuers[1].accept",
      "issuers[1].name",
      "limits.bodyBytes",
      "listen.drain",
      "listen.port",
      "roles[0].duration",
      "roles[0].roleArn",
      'roles[0].tags["aws:x"]',
      "roles[0].transitiveTags[0]",
      "roles[0].when",
      "roles[1].name",
      "roles[1].when",
      "routes[0].roles[0]",
      "routes[0].route",
      "routes[0].target",
      "routes[1].target.functionUrl",
      "routes[1].timeout",
      "routes[2].roles",
      "routes[2].route",
      "routes[2].target.invoke",
      "routes[3].route",
      "routes[3].target.region",
      "sts.region",
    ].sort(),
  );
  expect(faults["sts.region"]).toBe("the environment has no NOWHERE");
  expect(faults["limits.bodyBytes"]).toBe("must be a whole number from 0 to 6291456; got 6291457");
  expect(faults["issuers[0].audience"]).toBe(
    "is missing: must be a list of audiences, or null to turn the check off on purpose",
  );
});

test("a long offending value is cut", () => {
  const message = faultsIn(withListen({ port: "s".repeat(500) }))["listen.port"] ?? "";
  expect(message).toMatch(/got "s+\.\.\.$/);
  expect(message.length).toBeLessThan(140);
});

test.each([
  [".nan", "NaN"],
  ["1e999", "Infinity"],
  ["-.inf", "-Infinity"],
  ["9007199254740993", "9007199254740992"],
  ["1e300", "1e+300"],
  ["-1e300", "-1e+300"],
  ["1.5", "1.5"],
  ["", "null"],
])("the number %j is told once, as what it is", (written, got) => {
  const loaded = load(`${JSON.stringify(minimal).slice(0, -1)}, "listen": { "port": ${written} }}`);
  expect(loaded).toEqual({
    ok: false,
    denial: [{ path: "listen.port", message: `must be a whole number from 0 to 65535; got ${got}` }],
  });
});

test.each(["authorizers", "rateLimits", "cors", "listen", "limits", "sts"])(
  "%s without anything behind it is a fault, also beside PORT",
  (key) => {
    for (const env of [{}, { PORT: "9000" }]) {
      const loaded = load({ ...minimal, [key]: null }, env);
      expect(loaded).toEqual({
        ok: false,
        denial: [
          { path: key, message: expect.stringMatching(/^must be a (?:mapping|list); got null$/) as string },
        ],
      });
    }
  },
);

test("faults are written one a line under the name of their source", () => {
  const loaded = load(withListen({ port: -1, adminPort: -2 }));
  expect(loaded.ok ? "" : formatFaults("gateway.yaml", loaded.denial)).toBe(
    "gateway.yaml: 2 faults\n" +
      "  listen.port: must be a whole number from 0 to 65535; got -1\n" +
      "  listen.adminPort: must be a whole number from 0 to 65535; got -2\n",
  );
});

test.each([
  ["lisen", "is not a known key (did you mean listen?); known are issuers, "],
  ["colour", "is not a known key; known are issuers, "],
])("an unknown key (%s) brings the nearest to mind, where one is near", (key, beginning) => {
  expect(faultsIn({ ...minimal, [key]: {} })[key]).toContain(beginning);
});

test("of two unknown keys each is told its own nearest", () => {
  expect(faultsIn(withListen({ prot: 1, drian: "5s" }))).toEqual({
    "listen.prot": expect.stringContaining("(did you mean port?)") as string,
    "listen.drian": expect.stringContaining("(did you mean drain?)") as string,
  });
});
