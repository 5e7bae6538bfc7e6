// What of a definition reaches the process: variables, credentials, Node's flags, the context.
import {
  environmentVariables,
  logLevelOf,
  nodeOptionsOf,
  runtimeContext,
} from "../../../../deploy/local/aws/lambda/runtime-environment.js";
import { fixture, NOW } from "./lambda-harness.js";

const definition = fixture("f");
const context = runtimeContext(definition, "0".repeat(32), NOW);
const known = () => true;
const variables = (overrides: Partial<Parameters<typeof environmentVariables>[0]> = {}) =>
  environmentVariables({
    ...{ definition, context, taskRoot: "/task", credentials: undefined, endpointUrl: undefined },
    ...overrides,
  });

test("a session of the execution role is the function's credentials", () => {
  const credentials = { accessKeyId: "ASIA", secretAccessKey: "secret", sessionToken: "token" };
  expect(variables({ credentials })).toMatchObject({
    AWS_ACCESS_KEY_ID: "ASIA",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
  });
  expect(Object.keys(variables())).not.toContain("AWS_ACCESS_KEY_ID");
});

test("the template may send its function to another AWS, and may not change what Lambda sets", () => {
  const endpointUrl = "http://127.0.0.1:4566";
  expect(variables({ endpointUrl })).toMatchObject({ AWS_ENDPOINT_URL: endpointUrl });
  const environment = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_REGION: "us-east-1" };
  expect(variables({ endpointUrl, definition: { ...definition, environment } })).toMatchObject({
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    AWS_REGION: "eu-west-1",
  });
});

test("the template and an image may set what Lambda sets and does not keep for itself: LANG, PATH and TZ", () => {
  const own = { LANG: "de_DE.UTF-8", PATH: "/opt/bin:/usr/bin", TZ: "Europe/Berlin" };
  expect(variables({ definition: { ...definition, environment: own } })).toMatchObject(own);
  const image = { ...own, TZ: "Asia/Tokyo" };
  const both = { definition: { ...definition, environment: { TZ: own.TZ } }, imageEnvironment: image };
  expect(variables(both)).toMatchObject(own);
  expect(variables()).toMatchObject({
    LANG: "en_US.UTF-8",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    TZ: ":UTC",
  });
});

test.each([
  [{}, "TRACE", "Text"],
  [{ logFormat: "JSON" }, "INFO", "JSON"],
  [{ logFormat: "JSON", logLevel: "DEBUG" }, "DEBUG", "JSON"],
  [{ logFormat: "Text", logLevel: "ERROR" }, "TRACE", "Text"],
] as const)("%j logs from %s on, as %s", (settings, level, format) => {
  const fn = { ...definition, ...settings };
  expect(logLevelOf(fn)).toBe(level);
  expect(variables({ definition: fn })).toMatchObject({ AWS_LAMBDA_LOG_FORMAT: format });
});

test.each([
  ["", ["--max-old-space-size=115", "--max-semi-space-size=6"], ["require-module", "detect-module"]],
  ["--max_old_space_size=50", [], ["require-module", "detect-module"]],
  [
    "--experimental-require-module",
    ["--max-old-space-size=115", "--max-semi-space-size=6"],
    ["detect-module"],
  ],
])("Node's flags beside NODE_OPTIONS=%s", (own, heap, off) => {
  const fn = { ...definition, environment: { NODE_OPTIONS: own } };
  expect(nodeOptionsOf(fn, known)).toEqual([...heap, ...off.map((name) => `--no-experimental-${name}`)]);
});

test("a flag that this Node does not know is left out", () => {
  expect(nodeOptionsOf(definition, () => false)).toEqual([
    "--max-old-space-size=115",
    "--max-semi-space-size=6",
  ]);
});

test("source maps are used where they are built, unless the template has NODE_OPTIONS of its own", () => {
  const build = { ...definition.build, sourcemap: true } as NonNullable<typeof definition.build>;
  const mapped = { ...definition, build };
  expect(variables({ definition: mapped }).NODE_OPTIONS).toBe("--enable-source-maps");
  const environment = { NODE_OPTIONS: "--no-warnings" };
  expect(variables({ definition: { ...mapped, environment } }).NODE_OPTIONS).toBe("--no-warnings");
});

test.each([
  ["nodejs22.x", true],
  ["nodejs24.x", undefined],
])("callbackWaitsForEmptyEventLoop of %s: %s", (runtime, expected) => {
  const { callbackWaitsForEmptyEventLoop } = runtimeContext({ ...definition, runtime }, "0", NOW);
  expect(callbackWaitsForEmptyEventLoop).toBe(expected);
});

test("without an alias, the function is its latest version", () => {
  const url = { authType: "AWS_IAM", invokeMode: "BUFFERED", urlId: "a" } as const;
  expect(runtimeContext({ ...definition, url }, "0", NOW)).toMatchObject({
    functionVersion: "$LATEST",
    invokedFunctionArn: definition.arn,
    logStreamName: "2026/11/21/[$LATEST]0",
  });
});
