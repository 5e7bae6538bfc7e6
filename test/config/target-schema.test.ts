import type { Settings } from "../../server/config/compile.js";
import { faultsIn, functionArn, functionUrl, minimal, route, target, settingsOf } from "./documents.js";

const withRoute = (keys: object) => ({ ...minimal, routes: [{ ...route, ...keys }] });
const withTarget = (keys: object) => ({ ...minimal, routes: [{ ...route, target: { ...target, ...keys } }] });

describe("refuses", () => {
  test.each<[string, unknown, string, string]>([
    ["no target", withRoute({ target: {} }), "routes[0].target", "one of functionUrl, executeApi, invoke"],
    [
      "two targets",
      withTarget({ invoke: "x" }),
      "routes[0].target",
      "one of functionUrl, executeApi, invoke",
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
  ])("%s is refused", (_name, entry, key) => {
    expect(Object.keys(faultsIn({ ...minimal, routes: [{ ...route, target: entry }] }))).toEqual([
      `routes[0].target.${key}`,
    ]);
  });
});
