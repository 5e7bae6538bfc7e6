// How results and failures look on the wire, sizes at their edges included; what each form means is in answer.test.ts.
import { fixture, type Harness, serveFunctions } from "./lambda-harness.js";
import type { FunctionDefinition } from "../../../../deploy/local/aws/model.js";
import { REQUEST_LIMIT } from "../../../../deploy/local/aws/lambda/receive-request.js";

const build = (entryPoint: string) => ({
  build: { entryPoints: [entryPoint], format: "esm", outExtension: ".mjs", target: "es2022" } as const,
});
const urlFunction = (
  name: string,
  mode: "BUFFERED" | "RESPONSE_STREAM" = "BUFFERED",
  of = name,
): FunctionDefinition =>
  fixture(name, mode, {
    ...{ handler: `url-functions.${of}`, ...build("url-functions.ts") },
    // The others get all the time that a busy machine may take for 6 MB.
    ...(of === "hangs" && { timeoutSeconds: 1 }),
  });

const FAILING = ["throws", "exits", "hangs", "eatsMemory"];

let harness: Harness;
beforeAll(async () => {
  harness = await serveFunctions([
    urlFunction("mirror"),
    urlFunction("mirrorStream", "RESPONSE_STREAM", "mirror"),
    urlFunction("measure"),
    ...FAILING.map((name) => urlFunction(name)),
    ...FAILING.map((name) => urlFunction(`${name}Stream`, "RESPONSE_STREAM", name)),
    fixture("init", "BUFFERED", { handler: "throws-at-init.handler", ...build("throws-at-init.ts") }),
    fixture("initStream", "RESPONSE_STREAM", {
      handler: "throws-at-init.handler",
      ...build("throws-at-init.ts"),
    }),
  ]);
});
afterAll(() => harness.close());

const returning = (result: unknown, path: string) =>
  harness.call(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(result),
  });

const IDS = {
  "x-amzn-requestid": expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/) as string,
};

describe.each(["/mirror", "/mirrorStream"])("behind %s, a result", (path) => {
  const answered = (result: unknown) => returning(result, path);

  test.each([
    ["text", "Hello, world!", '"Hello, world!"'],
    ["an object", { message: "Hello, world!" }, '{"message":"Hello, world!"}'],
    ["null", null, "null"],
    ["a list", [1], "[1]"],
  ])("that is %s is 200 application/json", async (_what, result, body) => {
    expect(await answered(result)).toMatchObject({
      status: 200,
      headers: { ...IDS, "content-type": "application/json", "content-length": String(body.length) },
      body,
    });
  });

  test("in full is status, headers, cookies and body", async () => {
    const result = { statusCode: 201, headers: { "X-Mine": 7 }, cookies: ["a=1; Path=/", "b=2"], body: "λ" };
    expect(await answered(result)).toMatchObject({
      status: 201,
      headers: { ...IDS, "x-mine": "7", "set-cookie": ["a=1; Path=/", "b=2"], "content-length": "2" },
      body: "λ",
    });
  });

  test.each([204, 304])("with status %d has no body, whatever it says", async (statusCode) => {
    const { status, headers, body } = await answered({ statusCode, body: "never seen" });
    expect({ status, body }).toEqual({ status: statusCode, body: "" });
    expect(headers).not.toHaveProperty("content-length");
  });

  test("that is illegal is a 502 whose reason only the log tells", async () => {
    expect(await answered({ statusCode: "200", body: "x" })).toMatchObject({
      status: 502,
      headers: { ...IDS, "content-type": "application/json" },
      body: "Internal Server Error",
    });
    expect(harness.log.at(-1)?.message).toContain("statusCode must be");
  });
});

describe("a function that fails before its answer is a 502 without x-amzn-errortype:", () => {
  test.each([...FAILING, ...FAILING.map((name) => `${name}Stream`), "init", "initStream"])(
    "%s",
    async (name) => {
      const { headers, ...reply } = await harness.call(`/${name}`);
      expect(reply).toMatchObject({ status: 502, body: "Internal Server Error", complete: true });
      expect(headers).toMatchObject(IDS);
      expect(headers).not.toHaveProperty("x-amzn-errortype");
    },
  );
});

describe("the event may have 6,291,456 bytes and not one more", () => {
  const post = (bytes: number, type: string, fill = "x") =>
    harness.call("/measure", {
      method: "POST",
      headers: { "content-type": type },
      body: Buffer.alloc(bytes, fill),
    });

  /** Bytes of the event round a body of ten that is sent as `type`. */
  const measured = async (bytes: number, type: string): Promise<number> =>
    Number((await post(bytes, type)).body);

  test("as text", async () => {
    // As many digits in content-length as the large one has.
    const length = 5_000_000;
    const fitting = length + REQUEST_LIMIT - (await measured(length, "text/plain"));
    expect(await post(fitting, "text/plain")).toMatchObject({ status: 200, body: String(REQUEST_LIMIT) });
    expect(await post(fitting + 1, "text/plain")).toMatchObject({ status: 413 });
  });

  test("as base64, which comes in fours", async () => {
    const length = 3_000_000;
    const room = REQUEST_LIMIT - (await measured(length, "image/png"));
    const fitting = length + Math.floor(room / 4) * 3;
    expect(await post(fitting, "image/png")).toMatchObject({ status: 200 });
    expect(await post(fitting + 1, "image/png")).toMatchObject({
      status: 413,
      headers: { "x-amzn-errortype": "RequestEntityTooLargeException" },
    });
  });

  test("with what JSON must escape counted as it is written", async () => {
    expect(await post(3_200_000, "text/plain", '"')).toMatchObject({ status: 413 });
  });
});
