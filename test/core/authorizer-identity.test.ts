import { challengeSchemeOf, identityOf } from "../../server/core/authorizer-identity.js";
import type { IdentitySource } from "../../server/core/model.js";
import { authorizerWith, callOf } from "../fixtures/authorizer.js";

const header = (name: string): IdentitySource => ({ from: "header", name });
const query = (name: string): IdentitySource => ({ from: "querystring", name });
const context = (name: string): IdentitySource => ({ from: "context", name });

const identify = (
  sources: readonly IdentitySource[],
  target = "/partner/a",
  headers: readonly string[] = [],
) => identityOf(authorizerWith({ identitySources: sources }), callOf(target, { headers }), 32);

test.each<[string, IdentitySource, string, string[], string]>([
  ["a header", header("x-api-key"), "/a", ["x-api-key", "7"], "7"],
  ["a header in another case", header("x-api-key"), "/a", ["X-API-KEY", "7"], "7"],
  ["a query parameter, decoded", query("to ken"), "/a?to%20ken=%61%2Bb", [], "a+b"],
  ["a parameter among others", query("t"), "/a?T=1&t=2&tt=3", [], "2"],
  ["the route key", context("routeKey"), "/a", [], "ANY /partner/{proxy+}"],
  ["the method", context("httpMethod"), "/a", [], "GET"],
  ["the address", context("identity.sourceIp"), "/a", [], "203.0.113.7"],
  ["a value of just 32 bytes", header("a"), "/a", ["a", "x".repeat(32)], "x".repeat(32)],
])("reads %s", (_, source, target, headers, value) => {
  expect(identify([source], target, headers)).toEqual({ ok: true, value: [value] });
});

test.each<[string, IdentitySource, string, string[], string]>([
  ["a header that is not there", header("x-api-key"), "/a", [], "identity_missing"],
  ["an empty header", header("x-api-key"), "/a", ["x-api-key", ""], "identity_missing"],
  ["an empty parameter", query("t"), "/a?t", [], "identity_missing"],
  ["a parameter in another case", query("t"), "/a?T=1", [], "identity_missing"],
  ["two lines of a header", header("a"), "/a", ["a", "1", "A", "1"], "identity_malformed"],
  ["a parameter twice", query("t"), "/a?t=1&%74=2", [], "identity_malformed"],
  ["a value of 33 bytes", header("a"), "/a", ["a", "x".repeat(33)], "identity_malformed"],
])("refuses %s", (_, source, target, headers, reason) => {
  expect(identify([source], target, headers)).toMatchObject({ ok: false, denial: { reason } });
});

test("a header that proxies write is the gateway's own word, whatever the client sent", () => {
  const headers = ["X-Forwarded-For", "10.0.0.1", "x_forwarded_for", "10.0.0.1", "Forwarded", "for=10.0.0.1"];
  expect(identify([header("x-forwarded-for")], "/a", headers)).toEqual({ ok: true, value: ["203.0.113.7"] });
  expect(identify([header("forwarded")], "/a", headers)).toMatchObject({ ok: false });
});

test("all sources are needed, in their order", () => {
  const sources = [query("t"), header("a")];
  expect(identify(sources, "/a?t=1", ["a", "2"])).toEqual({ ok: true, value: ["1", "2"] });
  expect(identify(sources, "/a?t=1")).toMatchObject({ ok: false });
});

test("only the Authorization header is answered with a Bearer challenge", () => {
  expect(challengeSchemeOf(authorizerWith({ identitySources: [header("authorization")] }))).toBe("Bearer");
  expect(challengeSchemeOf(authorizerWith({ identitySources: [query("authorization")] }))).toBe("Custom");
});
