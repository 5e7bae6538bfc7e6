import type { Claims, Issuer } from "../../server/core/model.js";
import { checkClaims, scopesOf } from "../../server/core/registered-claims.js";
import { accept, refuse } from "../../server/core/result.js";
import { expression, goodClaims, issuerWith, nowSeconds as now } from "../fixtures/tokens.js";

const check = (changed: Claims, issuer: Partial<Issuer> = {}) =>
  checkClaims({ ...goodClaims, ...changed }, issuerWith(issuer), now);

const outcome = (changed: Claims, issuer: Partial<Issuer> = {}) => {
  const checked = check(changed, issuer);
  return checked.ok ? "taken" : checked.denial.reason;
};

const causeOf = (changed: Claims, issuer: Partial<Issuer> = {}) => {
  const checked = check(changed, issuer);
  return !checked.ok && "cause" in checked.denial ? checked.denial.cause : undefined;
};

describe("checkClaims", () => {
  test("gives the subject and the end of a good token", () => {
    expect(check({})).toEqual(accept({ subject: "alice", expiresAt: now + 600 }));
  });

  // Tolerance is 30 s: "just enough" and "just too little" stand side by side.
  test.each([
    ["exp a moment ahead", { exp: now + 1 }, "taken"],
    ["exp past, within the tolerance", { exp: now - 29 }, "taken"],
    ["exp past, at the tolerance", { exp: now - 30 }, "token_expired"],
    ["exp with a fraction, just enough", { exp: now - 29.9 }, "taken"],
    ["exp long past", { exp: 0 }, "token_expired"],
    ["nbf ahead, at the tolerance", { nbf: now + 30 }, "taken"],
    ["nbf ahead, beyond the tolerance", { nbf: now + 31 }, "token_not_yet_valid"],
    ["nbf past", { nbf: now - 1 }, "taken"],
    ["iat ahead, at the tolerance", { iat: now + 30 }, "taken"],
    ["iat ahead, beyond the tolerance", { iat: now + 31 }, "token_not_yet_valid"],
    ["no iat", { iat: undefined }, "taken"],
  ])("with %s: %j is %s", (_, claims, expected) => {
    expect(outcome(claims)).toBe(expected);
  });

  test.each([
    ["no exp", { exp: undefined }, "exp is missing"],
    ["exp as text", { exp: String(now + 600) }, "exp is missing or no date"],
    ["exp in milliseconds", { exp: (now + 600) * 1000 }, "exp is missing or no date"],
    ["an endless exp", { exp: Number.POSITIVE_INFINITY }, "exp is missing or no date"],
    ["exp null", { exp: null }, "exp is missing or no date"],
    ["nbf as text", { nbf: "0" }, "nbf is no date"],
    ["nbf null", { nbf: null }, "nbf is no date"],
    ["iat negative", { iat: -1 }, "iat is no date"],
    ["iat as a list", { iat: [now] }, "iat is no date"],
    ["no sub", { sub: undefined }, "sub is missing"],
    ["an empty sub", { sub: "" }, "sub is missing"],
    ["sub as a number", { sub: 7 }, "sub is missing or no text"],
    ["another iss", { iss: "https://login.example.com" }, "iss is not that of issuer main"],
  ])("refuses %s", (_, claims, cause) => {
    expect(outcome(claims)).toBe("token_claim_invalid");
    expect(causeOf(claims)).toContain(cause);
  });

  test("takes exp up to the end of year 9999 and nothing later", () => {
    expect(outcome({ exp: 253_402_300_799 })).toBe("taken");
    expect(outcome({ exp: 253_402_300_800 })).toBe("token_claim_invalid");
  });

  test.each([
    ["the one", "https://api.example.com", "taken"],
    ["a list that has it", ["https://other", "https://api.example.com"], "taken"],
    ["another", "https://other", "token_audience_invalid"],
    ["one that only starts alike", "https://api.example.com/", "token_audience_invalid"],
    ["a list without it", ["https://other"], "token_audience_invalid"],
    ["an empty list", [], "token_audience_invalid"],
    ["a list in a list", [["https://api.example.com"]], "token_audience_invalid"],
    ["a number", 7, "token_audience_invalid"],
    ["null", null, "token_audience_invalid"],
    ["nothing", undefined, "token_audience_invalid"],
  ])("aud of %s is judged against the list", (_, aud, expected) => {
    expect(outcome({ aud })).toBe(expected);
  });

  test("any audience of the issuer's list will do, and an empty list takes none", () => {
    expect(outcome({ aud: "b" }, { audience: ["a", "b"] })).toBe("taken");
    expect(outcome({ aud: "b" }, { audience: [] })).toBe("token_audience_invalid");
  });

  test.each([
    ["with a slash more", "https://api.example.com/", ": token has a trailing slash"],
    ["in other letters", "https://API.example.com", ": token differs in letter case"],
    ["with a near one in a list", ["urn:x", 7, "https://api.example.com/"], ": token has a trailing slash"],
    ["far off", "https://other", '"https://api.example.com"'],
  ])("tells the operator how near an aud %s came", (_, aud, end) => {
    expect(outcome({ aud })).toBe("token_audience_invalid");
    expect(causeOf({ aud })?.endsWith(end)).toBe(true);
  });

  describe("client_id in place of aud, where the configuration says so", () => {
    const cognito = { clientIdAsAudience: true, audience: ["client-1"] };
    test.each([
      ["the one", { client_id: "client-1" }, "taken"],
      ["another", { client_id: "client-2" }, "token_audience_invalid"],
      ["a list", { client_id: ["client-1"] }, "token_audience_invalid"],
      ["nothing", {}, "token_audience_invalid"],
    ])("a client_id that is %s decides where aud is absent", (_, claims, expected) => {
      expect(outcome({ aud: undefined, ...claims }, cognito)).toBe(expected);
    });

    test("it does not outweigh an aud that is there", () => {
      expect(outcome({ aud: "other", client_id: "client-1" }, cognito)).toBe("token_audience_invalid");
      expect(outcome({ aud: null, client_id: "client-1" }, cognito)).toBe("token_audience_invalid");
      expect(outcome({ aud: "client-1", client_id: "client-2" }, cognito)).toBe("taken");
    });

    test("it stands for nothing by default", () => {
      expect(outcome({ aud: undefined, client_id: "client-1" }, { audience: ["client-1"] })).toBe(
        "token_audience_invalid",
      );
    });

    test("the cause names the claim that was looked at", () => {
      expect(causeOf({ aud: undefined, client_id: "x" }, cognito)).toBe(
        'client_id is "x", issuer main asks for "client-1"',
      );
      expect(causeOf({ aud: undefined }, cognito)).toBe(
        "the token has no aud and no client_id, issuer main asks for one",
      );
    });
  });

  test("azp is no audience: it neither lets in nor keeps out, and accept may judge it", () => {
    const several = { aud: ["https://other", "https://api.example.com"] };
    expect(outcome({ ...several, azp: "any-client" })).toBe("taken");
    expect(outcome(several)).toBe("taken");
    expect(outcome({ aud: "https://other", azp: "https://api.example.com" })).toBe("token_audience_invalid");
    const onlyApp = expression(({ claims }) => accept(claims.azp === "app"));
    expect(outcome({ ...several, azp: "app" }, { accept: onlyApp })).toBe("taken");
    expect(outcome({ ...several, azp: "any-client" }, { accept: onlyApp })).toBe("token_claim_invalid");
  });

  test("an audience check that is off takes any aud and none", () => {
    expect(outcome({ aud: "https://other" }, { audience: null })).toBe("taken");
    expect(outcome({ aud: undefined }, { audience: null })).toBe("taken");
  });

  test("tells the operator which audience came and which was asked for", () => {
    expect(causeOf({ aud: ["x", "y"] })).toBe(
      'aud is "x", "y", issuer main asks for "https://api.example.com"',
    );
    expect(causeOf({ aud: undefined })).toBe("the token has no aud, issuer main asks for one");
  });

  test.each([
    ["true", accept(true), "taken"],
    ["false", accept(false), "token_claim_invalid"],
    ["the text true", accept("true"), "token_claim_invalid"],
    ["1", accept(1), "token_claim_invalid"],
    ["an error", refuse("no such key: token_use"), "token_claim_invalid"],
  ])("accept that gives %s decides", (_, result, expected) => {
    expect(outcome({}, { accept: expression(() => result) })).toBe(expected);
  });

  test("accept reads the claims, and its error reaches the operator", () => {
    const isAccess = expression(({ claims }) => accept(claims.token_use === "access"));
    expect(outcome({ token_use: "access" }, { accept: isAccess })).toBe("taken");
    expect(causeOf({ token_use: "id" }, { accept: isAccess })).toBe("accept of issuer main is not true");
    const failing = expression(() => refuse("no such key: token_use"));
    expect(causeOf({}, { accept: failing })).toBe("accept of issuer main fails: no such key: token_use");
  });
});

describe("scopesOf", () => {
  test.each([
    [{ scope: "a b" }, ["a", "b"]],
    [{ scope: " a  b " }, ["a", "b"]],
    [{ scope: ["a", "b"] }, ["a", "b"]],
    [{ scp: "a b" }, ["a", "b"]],
    [{ scp: ["a"] }, ["a"]],
    [{ scope: "a", scp: ["b", "a"] }, ["a", "b"]],
    [{ scope: "" }, []],
    [{ scope: 7, scp: { a: 1 } }, []],
    [{ scope: ["a", 7, null] }, ["a"]],
    [{}, []],
  ])("reads %j as %j", (claims, scopes) => {
    expect([...scopesOf(claims)]).toEqual(scopes);
  });
});
