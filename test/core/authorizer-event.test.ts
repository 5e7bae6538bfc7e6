// The events against the shapes in API Gateway's documentation, member by member.
import { authorizerEvent } from "../../server/core/authorizer-event.js";
import type { Authorizer, ExecuteApiTarget } from "../../server/core/model.js";
import { authorizerWith, callOf, restAuthorizer, stage } from "../fixtures/authorizer.js";
import { cpuSeconds } from "../fixtures/cpu-seconds.js";
import { matchOf, routeWith } from "../fixtures/route.js";

const now = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const headers = [
  "Host",
  "api.example.com",
  "X-Api-Key",
  "a,b",
  "Cookie",
  "c=1; d=2",
  "User-Agent",
  "curl",
  "X-Many",
  "1",
  "x-many",
  "2",
];
const call = callOf("/partner/a%20b?t=1&t=2&u=%2B", { headers });
const eventFor = (authorizer: Authorizer, of = call) =>
  authorizerEvent({ authorizer, call: of, identity: ["a,b", "c"], now });

test("TOKEN: type, method ARN and token, and nothing else", () => {
  expect(eventFor(restAuthorizer({ type: "token" }))).toEqual({
    type: "TOKEN",
    methodArn: `${stage}/GET/partner/a b`,
    authorizationToken: "a,b",
  });
});

test("2.0: lower-case headers joined, cookies apart, decoded path, raw query", () => {
  const forwarded = { "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https" };
  expect(eventFor(authorizerWith())).toEqual({
    version: "2.0",
    type: "REQUEST",
    routeArn: `${stage}/GET/partner/a b`,
    identitySource: ["a,b", "c"],
    routeKey: "ANY /partner/{proxy+}",
    rawPath: "/partner/a b",
    rawQueryString: "t=1&t=2&u=%2B",
    cookies: ["c=1", "d=2"],
    headers: {
      ...{
        host: "api.example.com",
        "x-api-key": "a,b",
        cookie: "c=1; d=2",
        "user-agent": "curl",
        "x-many": "1,2",
      },
      ...forwarded,
    },
    queryStringParameters: { t: "1,2", u: "+" },
    requestContext: {
      accountId: "123456789012",
      apiId: "grantway",
      domainName: "api.example.com",
      domainPrefix: "api",
      http: {
        method: "GET",
        path: "/partner/a b",
        protocol: "HTTP/1.1",
        sourceIp: "203.0.113.7",
        userAgent: "curl",
      },
      requestId: call.requestId,
      routeKey: "ANY /partner/{proxy+}",
      stage: "$default",
      time: "02/Jan/2026:03:04:05 +0000",
      timeEpoch: now,
    },
    pathParameters: { proxy: "a" },
    stageVariables: {},
  });
});

test("a REST API's 1.0: names as sent, last value and all values", () => {
  const event = eventFor(restAuthorizer());
  expect(event).toMatchObject({
    type: "REQUEST",
    methodArn: `${stage}/GET/partner/a b`,
    resource: "/partner/{proxy+}",
    path: "/partner/a%20b",
    httpMethod: "GET",
    headers: { "X-Api-Key": "a,b", "X-Many": "2" },
    multiValueHeaders: { "X-Api-Key": ["a,b"], "X-Many": ["1", "2"] },
    queryStringParameters: { t: "2", u: "+" },
    multiValueQueryStringParameters: { t: ["1", "2"], u: ["+"] },
    pathParameters: { proxy: "a" },
    stageVariables: {},
    requestContext: {
      path: "/partner/a%20b",
      resourcePath: "/partner/{proxy+}",
      stage: "$default",
      identity: { sourceIp: "203.0.113.7", userAgent: "curl" },
      requestTime: "02/Jan/2026:03:04:05 +0000",
    },
  });
  for (const key of ["version", "identitySource", "authorizationToken", "body"])
    expect(event).not.toHaveProperty(key);
});

test("an HTTP API's 1.0: the sources as one text, twice", () => {
  const event = eventFor(authorizerWith({ payloadVersion: "1.0", simpleResponses: false }));
  expect(event).toMatchObject({
    version: "1.0",
    identitySource: "a,b,c",
    authorizationToken: "a,b,c",
    path: "/partner/a b",
  });
  expect(event).not.toHaveProperty("multiValueHeaders");
});

test("without query, cookies, agent and host there are empty maps, never a crash", () => {
  const bare = callOf("/partner/a", { headers: [], client: { address: "::1", protocol: "http" } });
  expect(eventFor(authorizerWith(), bare)).toMatchObject({
    ...{ cookies: [], queryStringParameters: {}, rawQueryString: "" },
    requestContext: { domainName: "", domainPrefix: "", http: { userAgent: "" } },
  });
  expect(eventFor(restAuthorizer(), bare)).toMatchObject({
    ...{ queryStringParameters: {}, multiValueQueryStringParameters: {} },
    requestContext: { identity: { userAgent: null } },
  });
});

test("a header named __proto__ is a header like any other", () => {
  const odd = callOf("/partner/a?__proto__=1", { headers: ["__proto__", "x"] });
  const event = eventFor(authorizerWith(), odd);
  expect(JSON.stringify(event)).toContain('"__proto__":"x"');
  expect(JSON.stringify(event)).toContain('"__proto__":"1"');
});

const target: ExecuteApiTarget = {
  kind: "executeApi",
  origin: "https://abc123.execute-api.eu-west-1.amazonaws.com",
  host: "abc123.execute-api.eu-west-1.amazonaws.com",
  region: "eu-west-1",
  service: "execute-api",
  basePath: "/prod",
  stageArn: "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod",
};

test("behind an API's stage the ARN, the API and the stage are its own", () => {
  const route = routeWith("GET /items/{id}", { name: "items", target });
  const event = eventFor(restAuthorizer(), callOf("/items/7", {}, matchOf(route, "proxy", { id: "7" })));
  expect(event).toMatchObject({
    methodArn: `${target.stageArn}/GET/items/7`,
    requestContext: { apiId: "abc123", stage: "prod", path: "/prod/items/7", accountId: "123456789012" },
  });
});

test("at the grant door the event says so", () => {
  const route = routeWith("ANY /partner/{proxy+}", { name: "partner" });
  const granting = callOf("/grant/partner", { method: "POST" }, matchOf(route, "grant"));
  expect(eventFor(authorizerWith(), granting)).toMatchObject({
    routeKey: "POST /grant/partner",
    routeArn: `${stage}/POST/grant/partner`,
    rawPath: "/grant/partner",
    pathParameters: {},
  });
  expect(eventFor(restAuthorizer(), granting)).toMatchObject({ resource: "/grant/partner" });
});

test("$default is its own resource", () => {
  const of = callOf("/x", {}, matchOf(routeWith("$default")));
  expect(eventFor(restAuthorizer(), of)).toMatchObject({ resource: "$default" });
});

test("a query that says one name ten thousand times takes no more than a moment", async () => {
  const call = callOf(`/partner/a?${"a&".repeat(40_000)}`);
  const work = () => authorizerEvent({ authorizer: restAuthorizer(), call, identity: [], now: 0 });
  expect(await cpuSeconds(work)).toBeLessThan(1);
});
