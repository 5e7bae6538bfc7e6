// CORS on the wire: who is asked for what, in which order, and what stands twice.
import { fixture, type Harness, serveFunctions } from "./lambda-harness.js";
import type { AwsError, FunctionUrlConfig, UrlCors } from "../../../../deploy/local/aws/model.js";

const cors: UrlCors = {
  allowCredentials: true,
  allowHeaders: ["content-type"],
  allowMethods: ["GET"],
  allowOrigins: ["https://app.example.com"],
  exposeHeaders: [],
  maxAgeSeconds: 60,
};
const forbidden: AwsError = { status: 403, type: "AccessDeniedException", message: "Forbidden." };

const urlFunction = (name: string, invokeMode: FunctionUrlConfig["invokeMode"], withCors = true) =>
  fixture(name, invokeMode, {
    handler: `url-functions.${name.replace("Plain", "")}`,
    build: { entryPoints: ["url-functions.ts"], format: "esm", outExtension: ".mjs", target: "es2022" },
    url: { authType: "AWS_IAM", invokeMode, urlId: "abc", ...(withCors ? { cors } : {}) },
  });

let harness: Harness;
let signed = true;
beforeAll(async () => {
  harness = await serveFunctions(
    [
      urlFunction("ownCors", "BUFFERED"),
      urlFunction("streamsOwnCors", "RESPONSE_STREAM"),
      urlFunction("throws", "BUFFERED"),
      urlFunction("ownCorsPlain", "BUFFERED", false),
    ],
    { authorize: () => (signed ? { ok: true, value: undefined } : { ok: false, error: forbidden }) },
  );
});
beforeEach(() => (signed = true));
afterAll(() => harness.close());

const ORIGIN = { origin: "https://app.example.com" };
const PREFLIGHT = { ...ORIGIN, "access-control-request-method": "GET" };

test("a preflight is answered without a signature and without the function", async () => {
  signed = false;
  const reply = await harness.call("/throws", { method: "OPTIONS", headers: PREFLIGHT });
  expect(reply).toMatchObject({
    status: 200,
    headers: {
      "access-control-allow-origin": "https://app.example.com",
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "60",
      vary: "Origin",
      "content-length": "0",
      "x-amzn-requestid": expect.any(String) as string,
    },
    body: "",
  });
  expect(harness.log).toEqual([]);
});

test("OPTIONS that is no preflight is a call like any other", async () => {
  const options = { method: "OPTIONS", headers: ORIGIN };
  expect(await harness.call("/ownCors", options)).toMatchObject({ status: 200, body: "own" });
  signed = false;
  expect(await harness.call("/ownCors", options)).toMatchObject({ status: 403 });
});

test("without Cors, so is a preflight", async () => {
  const options = { method: "OPTIONS", headers: PREFLIGHT };
  expect(await harness.call("/ownCorsPlain", options)).toMatchObject({ status: 200, body: "own" });
  signed = false;
  expect(await harness.call("/ownCorsPlain", options)).toMatchObject({ status: 403 });
});

const allowedOrigins = async (path: string, headers = {}): Promise<string[]> => {
  const answer = await harness.open(path, { headers });
  answer.resume();
  return answer.rawHeaders.filter(
    (_value, at, all) => at % 2 === 1 && all[at - 1]?.toLowerCase() === "access-control-allow-origin",
  );
};

test.each(["/ownCors", "/streamsOwnCors"])(
  "%s answers with its own origin and the URL's: two",
  async (path) => {
    expect(await allowedOrigins(path, ORIGIN)).toEqual(["https://own.example", "https://app.example.com"]);
  },
);

test.each(["/ownCors", "/streamsOwnCors"])(
  "%s is alone with its own where the URL has nothing to say",
  async (path) => {
    expect(await allowedOrigins(path, { origin: "https://other.example" })).toEqual(["https://own.example"]);
    expect(await allowedOrigins(path)).toEqual(["https://own.example"]);
  },
);

test("refusals and failures say nothing to a page", async () => {
  expect(await allowedOrigins("/throws", ORIGIN)).toEqual([]);
  signed = false;
  expect(await allowedOrigins("/ownCors", ORIGIN)).toEqual([]);
});
