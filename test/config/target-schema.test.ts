import type { Settings } from "../../server/config/compile.js";
import { faultsIn, functionArn, functionUrl, minimal, route, target, settingsOf } from "./documents.js";

const withRoute = (keys: object) => ({ ...minimal, routes: [{ ...route, ...keys }] });
const targetOf = (entry: object) => settingsOf(throughProxy(entry)).routes[0]?.target;
const faultsOf = (entry: object) => faultsIn(throughProxy(entry));
const throughProxy = (entry: object) => withRoute({ target: entry, doors: ["proxy"] });
const withTarget = (keys: object) => ({ ...minimal, routes: [{ ...route, target: { ...target, ...keys } }] });

describe("refuses", () => {
  test.each<[string, unknown, string, string]>([
    ["no target", withRoute({ target: {} }), "routes[0].target", "one of functionUrl, executeApi, invoke"],
    [
      "two targets",
      withTarget({ invoke: functionArn }),
      "routes[0].target",
      "one of functionUrl, executeApi, invoke; it has functionUrl and invoke",
    ],
    [
      "a mode beside a function URL",
      withTarget({ mode: "Event" }),
      "routes[0].target.mode",
      "belongs to invoke",
    ],
    [
      "an endpoint beside a function URL",
      withTarget({ endpoint: "https://a" }),
      "routes[0].target.endpoint",
      "invoke",
    ],
    [
      "a function URL with a path",
      withTarget({ functionUrl: `${functionUrl}x` }),
      "routes[0].target.functionUrl",
      "no path",
    ],
    [
      "a function URL with a query",
      withTarget({ functionUrl: `${functionUrl}?` }),
      "routes[0].target.functionUrl",
      "no path",
    ],
    [
      "a function URL with a fragment",
      withTarget({ functionUrl: `${functionUrl}#` }),
      "routes[0].target.functionUrl",
      "no path",
    ],
    [
      "a function URL with a user",
      withTarget({ functionUrl: "https://u@a.example.com" }),
      "routes[0].target.functionUrl",
      "host and port only",
    ],
    [
      "a function URL over http",
      withTarget({ functionUrl: functionUrl.replace("https", "http") }),
      "routes[0].target.functionUrl",
      "loopback",
    ],
    [
      "a function version",
      withTarget({ functionArn: `${functionArn}:7` }),
      "routes[0].target.functionArn",
      "no version",
    ],
    [
      "$LATEST as qualifier",
      withTarget({ functionArn: `${functionArn}:$LATEST` }),
      "routes[0].target.functionArn",
      "alias",
    ],
    [
      "another service's ARN",
      withTarget({ functionArn: "arn:aws:s3:::a" }),
      "routes[0].target.functionArn",
      "Lambda",
    ],
  ])("%s", (_name, document, path, message) => {
    expect(faultsIn(document)[path]).toContain(message);
  });
});

describe("accepts, just at the edge,", () => {
  test.each<[string, object]>([
    ["an alias that has digits", withTarget({ functionArn: `${functionArn}:v7` })],
    ["a function URL without the slash", withTarget({ functionUrl: functionUrl.slice(0, -1) })],
  ])("%s", (_name, document) => {
    expect(faultsIn(document)).toEqual({});
  });
});

describe("a function URL's region", () => {
  const withTarget = (entry: object): Settings =>
    settingsOf({ ...minimal, routes: [{ ...route, target: entry }] });
  const loopback = { functionUrl: "http://127.0.0.1:4566", functionArn };

  test("is taken from the host", () => {
    expect(withTarget(target).routes[0]?.target).toMatchObject({ region: "eu-west-1", service: "lambda" });
  });

  test("is given where the host does not tell", () => {
    const { routes } = withTarget({ ...loopback, region: "eu-west-1", service: "lambda-local" });
    expect(routes[0]?.target).toMatchObject({
      origin: "http://127.0.0.1:4566",
      host: "127.0.0.1:4566",
      region: "eu-west-1",
      service: "lambda-local",
    });
  });

  test.each<[string, object, string]>([
    ["a loopback host without region", loopback, "region"],
    ["a host of one's own without region", { ...loopback, functionUrl: "https://fn.example.com" }, "region"],
    ["another region than the host's", { ...target, region: "us-east-1" }, "region"],
    [
      "a function in another region",
      { ...target, functionArn: functionArn.replace("eu-west-1", "us-east-1") },
      "functionArn",
    ],
    ["no function", { functionUrl }, "functionArn"],
    [
      "a partition of other regions",
      { ...target, functionArn: functionArn.replace("aws", "aws-cn") },
      "functionArn",
    ],
  ])("%s is refused", (_name, entry, key) => {
    expect(Object.keys(faultsIn({ ...minimal, routes: [{ ...route, target: entry }] }))).toEqual([
      `routes[0].target.${key}`,
    ]);
  });
});

const api = "https://abc123.execute-api.eu-west-1.amazonaws.com";
const stageArn = "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod";

describe("a stage of an API", () => {
  test("is told by AWS's own host, the account left open", () => {
    expect(targetOf({ executeApi: `${api}/prod` })).toEqual({
      kind: "executeApi",
      origin: api,
      host: "abc123.execute-api.eu-west-1.amazonaws.com",
      basePath: "/prod",
      stageArn: "arn:aws:execute-api:eu-west-1:*:abc123/prod",
      region: "eu-west-1",
      service: "execute-api",
    });
  });

  test.each<[string, object, object]>([
    ["a slash at the end", { executeApi: `${api}/prod/` }, { basePath: "/prod" }],
    ["the account, where it is written", { executeApi: `${api}/prod`, stageArn }, { stageArn }],
    [
      "no path: the stage $default",
      { executeApi: api },
      { basePath: "", stageArn: "arn:aws:execute-api:eu-west-1:*:abc123/$default" },
    ],
    [
      "a VPC endpoint",
      { executeApi: "https://abc123-vpce-0a1b2c.execute-api.eu-west-1.amazonaws.com/prod" },
      { basePath: "/prod", stageArn: "arn:aws:execute-api:eu-west-1:*:abc123/prod" },
    ],
    [
      "China",
      { executeApi: "https://abc123.execute-api.cn-north-1.amazonaws.com.cn/prod" },
      { region: "cn-north-1", stageArn: "arn:aws-cn:execute-api:cn-north-1:*:abc123/prod" },
    ],
    [
      "GovCloud",
      { executeApi: "https://abc123.execute-api.us-gov-west-1.amazonaws.com/prod" },
      { stageArn: "arn:aws-us-gov:execute-api:us-gov-west-1:*:abc123/prod" },
    ],
    [
      "a custom domain with a base path of its own",
      { executeApi: "https://api.example.com/v1/reports", stageArn },
      { host: "api.example.com", basePath: "/v1/reports", region: "eu-west-1", stageArn },
    ],
    [
      "this machine, with the region written as well",
      { executeApi: "http://127.0.0.1:4567/prod", stageArn, region: "eu-west-1", service: "local" },
      { origin: "http://127.0.0.1:4567", basePath: "/prod", region: "eu-west-1", service: "local" },
    ],
  ])("%s", (_name, entry, expected) => {
    expect(targetOf(entry)).toMatchObject(expected);
  });

  test.each<[string, object, string, string]>([
    ["a query", { executeApi: `${api}/prod?x=1` }, "executeApi", "no query"],
    ["a fragment", { executeApi: `${api}/prod#x` }, "executeApi", "no query"],
    ["a dot segment", { executeApi: `${api}/prod/..` }, "executeApi", "no dot segment"],
    ["an empty segment", { executeApi: `${api}//prod` }, "executeApi", "segments"],
    ["a percent-encoded path", { executeApi: `${api}/pr%6Fd` }, "executeApi", "segments"],
    ["plain http", { executeApi: `${api}/prod`.replace("https", "http") }, "executeApi", "loopback"],
    ["a user", { executeApi: "https://u@api.example.com/prod", stageArn }, "executeApi", "https"],
    ["a path below the stage", { executeApi: `${api}/prod/v1` }, "executeApi", "one segment"],
    ["a stage no stage can be named", { executeApi: `${api}/pr.od` }, "executeApi", "stage's name"],
    [
      "a VPC endpoint without a stage",
      { executeApi: "https://abc123-vpce-0a1b.execute-api.eu-west-1.amazonaws.com" },
      "executeApi",
      "stage in its path",
    ],
    [
      "a VPC endpoint that does not tell the API",
      { executeApi: "https://vpce-0a1b-x.execute-api.eu-west-1.vpce.amazonaws.com/prod", stageArn },
      "executeApi",
      "does not tell the API",
    ],
    [
      "a region in another partition's domain",
      { executeApi: "https://abc123.execute-api.cn-north-1.amazonaws.com/prod" },
      "executeApi",
      "amazonaws.com.cn",
    ],
    ["a host of one's own without ARN", { executeApi: "https://api.example.com" }, "stageArn", "is needed"],
    [
      "this machine with only a region",
      { executeApi: "http://127.0.0.1:1/prod", region: "eu-west-1" },
      "stageArn",
      "is needed",
    ],
    [
      "an ARN in another region",
      { executeApi: `${api}/prod`, stageArn: stageArn.replace("eu-west-1", "us-east-1") },
      "stageArn",
      "eu-west-1, the region of executeApi",
    ],
    [
      "an ARN of another API",
      { executeApi: `${api}/prod`, stageArn: stageArn.replace("abc123", "abc124") },
      "stageArn",
      "abc123, the API of executeApi",
    ],
    [
      "an ARN of another stage",
      { executeApi: `${api}/prod`, stageArn: stageArn.replace("prod", "test") },
      "stageArn",
      "prod, the stage of executeApi",
    ],
    [
      "an ARN of another partition",
      { executeApi: `${api}/prod`, stageArn: stageArn.replace("aws", "aws-cn") },
      "stageArn",
      "arn:aws:",
    ],
    [
      "an ARN of another API and partition, of which the API is told,",
      { executeApi: `${api}/prod`, stageArn: stageArn.replace("aws", "aws-cn").replace("abc123", "abc124") },
      "stageArn",
      "abc123, the API of executeApi",
    ],
    [
      "a method's ARN",
      { executeApi: `${api}/prod`, stageArn: `${stageArn}/GET` },
      "stageArn",
      "a stage's ARN",
    ],
    ["any stage", { executeApi: `${api}/prod`, stageArn: stageArn.replace("prod", "*") }, "stageArn", "ARN"],
    ["another region", { executeApi: `${api}/prod`, region: "us-east-1" }, "region", "eu-west-1"],
    [
      "another region than the ARN's",
      { executeApi: "http://[::1]:1/prod", stageArn, region: "us-east-1" },
      "region",
      "the region of stageArn",
    ],
    ["a mode", { executeApi: `${api}/prod`, mode: "Event" }, "mode", "belongs to invoke"],
    ["a function", { executeApi: `${api}/prod`, functionArn }, "functionArn", "belongs to functionUrl"],
  ])("%s is refused", (_name, entry, key, message) => {
    expect(faultsOf(entry)).toEqual({
      [`routes[0].target.${key}`]: expect.stringContaining(message) as string,
    });
  });
});

describe("a function behind the Invoke API", () => {
  test("is called for its answer at the region of its ARN unless more is said", () => {
    expect(targetOf({ invoke: functionArn })).toEqual({
      kind: "invoke",
      origin: "https://lambda.eu-west-1.amazonaws.com",
      host: "lambda.eu-west-1.amazonaws.com",
      functionArn,
      mode: "RequestResponse",
      raw: false,
      logTail: false,
      region: "eu-west-1",
      service: "lambda",
    });
  });

  const inChina = functionArn.replace("aws", "aws-cn").replace("eu-west-1", "cn-north-1");

  test.each<[string, object, object]>([
    ["a version", { invoke: `${functionArn}:7` }, { functionArn: `${functionArn}:7` }],
    ["an alias", { invoke: `${functionArn}:live` }, { functionArn: `${functionArn}:live` }],
    ["$LATEST", { invoke: `${functionArn}:$LATEST` }, { functionArn: `${functionArn}:$LATEST` }],
    ["the tail of an answer's log", { logTail: true }, { logTail: true }],
    ["the tail of a stream's log", { mode: "ResponseStream", logTail: true }, { logTail: true }],
    ["China", { invoke: inChina }, { origin: "https://lambda.cn-north-1.amazonaws.com.cn" }],
    [
      "an endpoint",
      { endpoint: "http://127.0.0.1:4566" },
      { origin: "http://127.0.0.1:4566", host: "127.0.0.1:4566" },
    ],
    [
      "a VPC endpoint",
      { endpoint: "https://vpce-1-a.lambda.eu-west-1.vpce.amazonaws.com" },
      { host: "vpce-1-a.lambda.eu-west-1.vpce.amazonaws.com" },
    ],
    ["the region written as well", { region: "eu-west-1" }, { region: "eu-west-1" }],
    ["the payload as it is", { raw: true, mode: "Event" }, { raw: true, mode: "Event" }],
  ])("%s", (_name, keys, expected) => {
    expect(targetOf({ invoke: functionArn, ...keys })).toMatchObject(expected);
  });

  test("has a tenant that is CEL over the call", () => {
    const found = targetOf({ invoke: functionArn, tenantId: "claims.tenant" });
    const tenantId = found?.kind === "invoke" ? found.tenantId : undefined;
    expect(tenantId?.source).toBe("claims.tenant");
    expect(
      tenantId?.evaluate({
        claims: { tenant: "acme" },
        issuer: "main",
        route: { name: "", key: "", params: {} },
      }),
    ).toEqual({
      ok: true,
      value: "acme",
    });
  });

  test.each<[string, object, string, string]>([
    ["a name", { invoke: "reports" }, "invoke", "the whole ARN"],
    ["an account that is none", { invoke: functionArn.replace("123456789012", "1") }, "invoke", "ARN"],
    ["any version", { invoke: `${functionArn}:*` }, "invoke", "ARN"],
    ["a version that begins with 0", { invoke: `${functionArn}:07` }, "invoke", "ARN"],
    ["a layer", { invoke: functionArn.replace("function", "layer") }, "invoke", "ARN"],
    ["a partition of other regions", { invoke: functionArn.replace("aws", "aws-cn") }, "invoke", "arn:aws:"],
    ["a mode that is none", { mode: "Sync" }, "mode", "RequestResponse"],
    ["the log of what is queued", { mode: "Event", logTail: true }, "logTail", "Event"],
    ["the log of what does not run", { mode: "DryRun", logTail: true }, "logTail", "DryRun"],
    ["another region", { region: "us-east-1" }, "region", "eu-west-1"],
    ["an endpoint with a path", { endpoint: "http://127.0.0.1:1/x" }, "endpoint", "no path"],
    [
      "an endpoint in another region",
      { endpoint: "https://lambda.us-east-1.amazonaws.com" },
      "endpoint",
      "eu-west-1",
    ],
    ["a tenant that is no text", { tenantId: "1" }, "tenantId", "string"],
    ["a claim that CEL does not know", { tenantId: "tenant" }, "tenantId", "tenant"],
    ["a stage", { stageArn }, "stageArn", "belongs to executeApi"],
  ])("%s is refused", (_name, keys, key, message) => {
    expect(faultsOf({ invoke: functionArn, ...keys })).toEqual({
      [`routes[0].target.${key}`]: expect.stringContaining(message) as string,
    });
  });

  test("has each of its faults told at once", () => {
    const entry = { invoke: functionArn, region: "us-east-1", mode: "Event", logTail: true, stageArn };
    expect(Object.keys(faultsOf(entry)).sort()).toEqual(
      ["logTail", "region", "stageArn"].map((key) => `routes[0].target.${key}`),
    );
  });
});

describe("what could never count beside a mode", () => {
  const invoke = (keys: object) => ({ target: { invoke: functionArn, ...keys }, doors: ["proxy"] });

  test.each<[string, object, string]>([
    ["a heartbeat of what is queued", { ...invoke({ mode: "Event" }), heartbeat: "10s" }, "heartbeat"],
    ["a silence of what does not run", { ...invoke({ mode: "DryRun" }), idleTimeout: "1m" }, "idleTimeout"],
    ["a grant for what does not run", { ...invoke({ mode: "DryRun" }), doors: ["grant"] }, "doors"],
    ["a grant for one tenant", { target: { invoke: functionArn, tenantId: "claims.t" } }, "doors"],
    ["headers beside raw", { ...invoke({ raw: true }), headers: { "x-sub": "claims.sub" } }, "headers"],
  ])("%s is refused", (_name, keys, key) => {
    expect(Object.keys(faultsIn(withRoute(keys)))).toEqual([`routes[0].${key}`]);
  });

  test.each<[string, object]>([
    ["a timeout of what is queued", { ...invoke({ mode: "Event" }), timeout: "10s" }],
    ["a heartbeat of a stream", { ...invoke({ mode: "ResponseStream" }), heartbeat: "10s" }],
    ["headers in an event", { ...invoke({ mode: "Event" }), headers: { "x-sub": "claims.sub" } }],
    ["raw without headers", invoke({ raw: true })],
    ["a tenant that the gateway names", invoke({ tenantId: "claims.t" })],
  ])("%s is meant", (_name, keys) => {
    expect(faultsIn(withRoute(keys))).toEqual({});
  });
});

describe("the length of the policy that a stage needs", () => {
  const keyOf = (length: number) => ({
    target: { executeApi: "https://abc123.execute-api.eu-west-1.amazonaws.com/prod" },
    route: `ANY /${"a".repeat(length)}`,
  });

  test("is told at load where STS would take no such policy, and not before", () => {
    const longest = Array.from({ length: 400 }, (_, length) => length + 1).findLast(
      (length) => Object.keys(faultsIn(withRoute(keyOf(length)))).length === 0,
    );
    expect(longest).toBeGreaterThan(200);
    expect(faultsIn(withRoute(keyOf((longest ?? 0) + 1)))).toEqual({
      "routes[0].route": expect.stringMatching(/too long for ANY.* characters; STS takes 2048/) as string,
    });
    expect(faultsIn(withRoute({ ...keyOf(400), route: `GET /${"a".repeat(400)}` }))).toEqual({});
  });
});
