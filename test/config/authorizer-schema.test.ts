import { resolve } from "node:path";
import { faultsIn, issuer, minimal, route, settingsOf } from "./documents.js";

const lambda = "arn:aws:lambda:eu-west-1:123456789012:function:partner-authorizer:live";
const withAuthorizer = (keys: object, ofRoute: object = {}) => ({
  ...minimal,
  authorizers: [{ name: "partner", lambda, ...keys }],
  routes: [{ ...route, authorizer: "partner", ...ofRoute }],
});
const byModule = { lambda: undefined, module: "./partner.mjs" };
const without = (document: object) => JSON.parse(JSON.stringify(document)) as object;

describe("refuses", () => {
  test.each<[string, unknown, string, string]>([
    [
      "neither lambda nor module",
      withAuthorizer({ lambda: undefined }),
      "authorizers[0].lambda",
      "one of lambda",
    ],
    ["both", withAuthorizer({ module: "a.mjs" }), "authorizers[0].module", "in place of lambda"],
    [
      "a function's name alone",
      withAuthorizer({ lambda: "partner" }),
      "authorizers[0].lambda",
      "must be the ARN",
    ],
    [
      "a partition that is not the region's",
      withAuthorizer({ lambda: lambda.replace("arn:aws:", "arn:aws-cn:") }),
      "authorizers[0].lambda",
      "must begin with arn:aws:",
    ],
    [
      "a module in TypeScript",
      withAuthorizer({ ...byModule, module: "a.ts" }),
      "authorizers[0].module",
      ".cjs file",
    ],
    [
      "an endpoint beside a module",
      withAuthorizer({ ...byModule, endpoint: "http://127.0.0.1:1" }),
      "authorizers[0].endpoint",
      "belongs to lambda",
    ],
    [
      "a stage variable's name with a dash",
      withAuthorizer({ stageVariables: { "a-b": "c" } }),
      "authorizers[0].stageVariables.a-b",
      "letters, digits and `_`",
    ],
    [
      "a stage variable that is no text",
      withAuthorizer({ stageVariables: { a: 7 } }),
      "authorizers[0].stageVariables.a",
      "must be text",
    ],
    [
      "token with 2.0",
      withAuthorizer({ type: "token", payloadVersion: "2.0" }),
      "authorizers[0].payloadVersion",
      "must be 1.0",
    ],
    [
      "simple responses with 1.0",
      withAuthorizer({ payloadVersion: "1.0", simpleResponses: true }),
      "authorizers[0].simpleResponses",
      "2.0",
    ],
    [
      "simple responses with type token",
      withAuthorizer({ type: "token", simpleResponses: true }),
      "authorizers[0].simpleResponses",
      "2.0",
    ],
    [
      "token with two sources",
      withAuthorizer({ type: "token", identitySources: ["$request.header.A", "$request.header.B"] }),
      "authorizers[0].identitySources",
      "one header",
    ],
    [
      "token from a query",
      withAuthorizer({ type: "token", identitySources: ["method.request.querystring.t"] }),
      "authorizers[0].identitySources",
      "one header",
    ],
    [
      "no source while decisions are kept",
      withAuthorizer({ identitySources: [] }),
      "authorizers[0].identitySources",
      "ttlSeconds: 0",
    ],
    [
      "both spellings",
      withAuthorizer({ identitySources: ["$request.header.A", "method.request.header.B"] }),
      "authorizers[0].identitySources",
      "one way",
    ],
    [
      "a REST API's spelling with 2.0",
      withAuthorizer({ payloadVersion: "2.0", identitySources: ["method.request.header.A"] }),
      "authorizers[0].identitySources",
      "no payload version 2.0",
    ],
    [
      "one header in two cases",
      withAuthorizer({ identitySources: ["$request.header.A", "$request.header.a"] }),
      "authorizers[0].identitySources",
      "twice",
    ],
    [
      "a source of another kind",
      withAuthorizer({ identitySources: ["$stageVariables.a"] }),
      "authorizers[0].identitySources[0]",
      "$context.routeKey",
    ],
    ["an hour and a second", withAuthorizer({ ttlSeconds: 3601 }), "authorizers[0].ttlSeconds", "0 to 3600"],
    ["31 s to answer", withAuthorizer({ timeout: "31s" }), "authorizers[0].timeout", "1s to 30s"],
    [
      "the name of an issuer",
      withAuthorizer({ name: issuer.name }, { authorizer: issuer.name }),
      "authorizers[0].name",
      "issuers[0]",
    ],
    [
      "a route's authorizer that is not there",
      withAuthorizer({}, { authorizer: "partners" }),
      "routes[0].authorizer",
      'no authorizer "partners"; known are partner',
    ],
    ["scopes beside an authorizer", withAuthorizer({}, { scopes: ["a"] }), "routes[0].scopes", "a token's"],
  ])("%s", (_, document, path, message) => {
    expect(faultsIn(without(document as object))).toEqual({
      [path]: expect.stringContaining(message) as string,
    });
  });
});

test("no issuer is needed where every route has an authorizer, and only there", () => {
  const alone = { ...withAuthorizer({}), issuers: [] };
  expect(settingsOf(alone).issuers).toEqual([]);
  const routes = [...alone.routes, { ...route, route: "GET /other" }];
  expect(faultsIn({ ...alone, routes })).toEqual({
    issuers: "must not be empty: routes[1] has no authorizer",
  });
});

test("defaults are API Gateway's", () => {
  expect(settingsOf(withAuthorizer({})).routes[0]?.authorizer).toEqual({
    name: "partner",
    issuer: "urn:grantway:authorizer:partner",
    source: {
      kind: "lambda",
      functionArn: lambda,
      region: "eu-west-1",
      origin: "https://lambda.eu-west-1.amazonaws.com",
    },
    type: "request",
    payloadVersion: "2.0",
    api: "rest",
    identitySources: [{ from: "header", name: "authorization" }],
    ttlSeconds: 300,
    simpleResponses: false,
    stageVariables: {},
    timeoutMs: 10_000,
  });
});

test.each([
  ["type token", { type: "token" }, "1.0", "rest"],
  ["a REST API's spelling", { identitySources: ["method.request.querystring.t"] }, "1.0", "rest"],
  ["an HTTP API's spelling", { identitySources: ["$request.querystring.t"] }, "2.0", "http"],
  [
    "1.0 with an HTTP API's",
    { payloadVersion: "1.0", identitySources: ["$context.routeKey"] },
    "1.0",
    "http",
  ],
])("%s means its form of event", (_, keys, payloadVersion, api) => {
  expect(settingsOf(withAuthorizer(keys)).authorizers[0]).toMatchObject({ payloadVersion, api });
});

test("a module's path begins at the configuration, and endpoint says where Lambda is", () => {
  const { authorizers } = settingsOf(without(withAuthorizer(byModule)));
  expect(authorizers[0]?.source).toEqual({ kind: "module", file: resolve("partner.mjs") });
  const [{ source } = {}] = settingsOf(withAuthorizer({ endpoint: "http://127.0.0.1:4566" })).authorizers;
  expect(source).toMatchObject({ origin: "http://127.0.0.1:4566" });
});
