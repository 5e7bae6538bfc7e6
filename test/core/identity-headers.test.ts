import fc from "fast-check";
import { identityHeaders, maxIdentityHeaderLength } from "../../server/core/identity-headers.js";
import { cel, variablesWith } from "../fixtures/expression.js";
import { accepted, refused } from "../fixtures/outcome.js";
import { routeWith } from "../fixtures/route.js";

const route = routeWith("ANY /a", { headers: [{ name: "x-caller-sub", value: cel("claims.sub") }] });
const headersFor = (sub: unknown) => identityHeaders(route, variablesWith({ sub }));
const valueFor = (sub: string) => accepted(headersFor(sub))[0]?.[1] ?? "";

describe("identityHeaders", () => {
  test("gives each header of the route, in its order", () => {
    const headers = [
      { name: "x-caller-sub", value: cel("claims.sub") },
      { name: "x-caller", value: cel('issuer + "/" + claims.sub + "@" + route.params.id') },
    ];
    expect(
      accepted(identityHeaders(routeWith("ANY /a", { headers }), variablesWith({ sub: "alice" }))),
    ).toEqual([
      ["x-caller-sub", "alice"],
      ["x-caller", "main/alice@7"],
    ]);
  });

  test.each([
    ["alice", "alice"],
    ["auth0|abc", "auth0|abc"],
    ["a b", "a b"],
    [" a b ", "%20a b%20"],
    [" ", "%20"],
    ["", ""],
    ["50%", "50%25"],
    ["%41", "%2541"],
    ["花子", "%E8%8A%B1%E5%AD%90"],
    ["\u{1F600}", "%F0%9F%98%80"],
    ["a\r\nx-admin: 1", "a%0D%0Ax-admin: 1"],
    ["tab\tNUL\u0000DEL\u007f", "tab%09NUL%00DEL%7F"],
  ])("%j is sent as %s", (sub, value) => {
    expect(valueFor(sub)).toBe(value);
  });

  test("gives back any text by decodeURIComponent, in bytes that any header may hold", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (sub) => {
        fc.pre(sub.isWellFormed());
        expect(decodeURIComponent(valueFor(sub))).toBe(sub);
        expect(valueFor(sub)).toMatch(/^(?:[!-~](?:[ -~]*[!-~])?)?$/);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["a claim that is not there", undefined],
    ["a number", 7],
    ["a list", ["alice"]],
    ["a lone surrogate", "a\ud800"],
    ["4,097 characters", "x".repeat(maxIdentityHeaderLength + 1)],
    ["4,098 characters once encoded", "花".repeat(455) + "xxx"],
  ])("refuses %s", (_, sub) => {
    const claims = sub === undefined ? {} : { sub };
    expect(refused(identityHeaders(route, variablesWith(claims)))).toMatchObject({
      reason: "claim_unrepresentable",
      slot: "headers.x-caller-sub",
    });
  });

  test("takes 4,096 characters", () => {
    expect(valueFor("x".repeat(4096))).toHaveLength(4096);
    expect(valueFor(`${"花".repeat(455)}x`)).toHaveLength(4096);
  });
});
