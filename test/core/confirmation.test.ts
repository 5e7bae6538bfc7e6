import { confirmedThumbprint } from "../../server/core/confirmation.js";
import { callerJkt } from "../fixtures/proofs.js";

describe("confirmedThumbprint", () => {
  test("gives the thumbprint of a bound token and nothing of an unbound one", () => {
    expect(confirmedThumbprint({ cnf: { jkt: callerJkt } })).toEqual({ ok: true, value: callerJkt });
    expect(confirmedThumbprint({})).toEqual({ ok: true, value: undefined });
  });

  test.each([
    ["null", null, "cnf is no object"],
    ["text", callerJkt, "cnf is no object"],
    ["an empty object", {}, "cnf.jkt is no SHA-256 thumbprint"],
    ["a short thumbprint", { jkt: callerJkt.slice(1) }, "cnf.jkt is no"],
    ["a long thumbprint", { jkt: `${callerJkt}A` }, "cnf.jkt is no"],
    ["a thumbprint that is a list", { jkt: [callerJkt] }, "cnf.jkt is no"],
    ["a certificate (RFC 8705)", { "x5t#S256": callerJkt }, "a way that is not checked here"],
    ["a certificate besides", { jkt: callerJkt, "x5t#S256": callerJkt }, "a way that is not checked here"],
  ])("refuses a cnf of %s: no binding may be lost", (_, cnf, cause) => {
    const confirmed = confirmedThumbprint({ cnf });
    expect(!confirmed.ok && confirmed.denial).toContain(cause);
  });
});
