// Functions of PackageType Image on this machine: their Dockerfile read, their command started, and the twin's stand-in for
// the Lambda Web Adapter between the calls and the app. First handlers/container as it is deployed, then an app that tells.
import { once } from "node:events";
import { join } from "node:path";
import type { FunctionDefinition, ImageDefinition } from "../../../../deploy/local/aws/model.js";
import { caller, fixture, type Harness, serveFunctions, without } from "./lambda-harness.js";
import { processState, waitFor } from "./processes.js";

type Mode = "BUFFERED" | "RESPONSE_STREAM";

const imageFunction = (
  name: string,
  context: string,
  mode: Mode,
  image: Partial<ImageDefinition> = {},
  environment: Record<string, string> = {},
): FunctionDefinition => ({
  ...without("build", fixture(name, mode, { codeFolder: context, handler: "", runtime: "", memoryMb: 256 })),
  image: { dockerfile: join(context, "Dockerfile"), context, buildArgs: {}, ...image },
  environment,
});
const handler = join(__dirname, "../../../../handlers/container");
const fixtures = join(__dirname, "fixtures");
const app = (name: string, environment = {}, image = {}, mode: Mode = "BUFFERED"): FunctionDefinition =>
  imageFunction(name, join(fixtures, "image"), mode, image, environment);
const noAdapter = join(fixtures, "image", "NoAdapter.Dockerfile");

let twin: Harness;
beforeAll(async () => {
  twin = await serveFunctions([
    imageFunction("container", handler, "RESPONSE_STREAM"),
    ...[app("plain"), app("other", { COLOUR: "green", AWS_LWA_REMOVE_BASE_PATH: "/other" })],
    app("errors", { AWS_LWA_ERROR_STATUS_CODES: "500-599" }),
    app("streams", { AWS_LWA_INVOKE_MODE: "response_stream" }, {}, "RESPONSE_STREAM"),
    app("tcp", { AWS_LWA_READINESS_CHECK_PROTOCOL: "tcp" }),
    app("configured", {}, { command: ["node", "copies/other.js"] }),
    app("exits", {}, { command: ["node", "missing.js"] }),
    imageFunction("bare", fixtures, "BUFFERED", { dockerfile: noAdapter }),
  ]);
});
afterAll(() => twin.close());

const json = async <T = Record<string, unknown>>(path: string, options = {}): Promise<T> =>
  JSON.parse((await twin.call(path, options)).body) as T;
const logged = (text: string): boolean => twin.log.some(({ message }) => message.includes(text));

describe("handlers/container", () => {
  test.each([
    ["/container/", { hello: "world" }],
    ["/container/items/7?q=a%20b", { item: "7", q: "a b" }],
    ["/container/items/7", { item: "7", q: null }],
  ])("%s", async (path, body) => {
    const { status, headers, body: text } = await twin.call(path);
    expect({ status, body: JSON.parse(text) as unknown }).toEqual({ status: 200, body });
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  test("takes what is posted", async () => {
    const headers = { "content-type": "application/json" };
    const { status, body } = await twin.call("/container/items", {
      method: "POST",
      headers,
      body: '{"n":1}',
    });
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({
      status: 201,
      body: { created: { n: 1 } },
    });
  });

  test("a stream arrives while it is written", async () => {
    const answer = await twin.open("/container/ticks/900");
    const [first] = (await once(answer, "data")) as [Buffer];
    expect(first.toString()).toBe("tick 1 of 900\n");
    answer.destroy();
  });

  test("a stream arrives whole", async () => {
    const { body, complete } = await twin.call("/container/ticks/3?every=0");
    expect({ body, complete }).toEqual({ body: "tick 1 of 3\ntick 2 of 3\ntick 3 of 3\n", complete: true });
  });
});

test("the app gets the request as it was sent, with the contexts of the call", async () => {
  const told = await json<{ method: string; url: string; body: string; headers: Record<string, string> }>(
    "/plain/a%20b/c?x=1&x=2&y=%C3%A9",
    {
      method: "PUT",
      headers: { cookie: "c=3", "x-mine": "yes", "content-type": "text/plain" },
      body: "héllo",
    },
  );
  expect(told).toMatchObject({ method: "PUT", url: "/plain/a%20b/c?x=1&x=2&y=%C3%A9", body: "héllo" });
  expect(told.headers).toMatchObject({ "x-mine": "yes", cookie: "c=3", "content-length": "6" });
  const context = JSON.parse(told.headers["x-amzn-lambda-context"] ?? "") as Record<string, unknown>;
  expect(context.invoked_function_arn).toMatch(/twin-plain:live$/);
  const requestContext = JSON.parse(told.headers["x-amzn-request-context"] ?? "") as {
    authorizer: { iam: { userArn: string } };
  };
  expect(requestContext.authorizer.iam.userArn).toBe(caller.arn);
});

test("the image's variables, folder and cookies count, and the function's variables stand over the image's", async () => {
  const { headers, body } = await twin.call("/plain/x");
  expect(headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  const told = JSON.parse(body) as Record<string, string>;
  expect(told).toMatchObject({ COLOUR: "blue", SIZE: "very large", AWS_LWA_PORT: told.PORT, checks: 3 });
  expect(told.cwd).toMatch(/\/image\/srv\/app$/);
  expect(await json("/other/x")).toMatchObject({ COLOUR: "green", url: "/x" });
});

test("bytes come back as bytes, and a field that stands twice as one list", async () => {
  const answer = await twin.open("/plain/binary");
  const pieces: Buffer[] = [];
  for await (const piece of answer as AsyncIterable<Buffer>) pieces.push(piece);
  expect(Buffer.concat(pieces)).toEqual(Buffer.from([0, 1, 255, 254]));
  expect((await twin.call("/plain/twice")).headers["x-list"]).toBe("one, two");
});

test("a status of the app passes, unless it is to fail the call", async () => {
  expect(await twin.call("/plain/busy")).toMatchObject({ status: 503, body: "later" });
  expect((await twin.call("/errors/busy")).status).toBe(502);
  expect(logged("configured error status code: 503")).toBe(true);
});

test("a large stream that is taken slower than it is written leaves no listeners behind", async () => {
  const { body, complete } = await twin.call("/streams/large");
  expect([body.length, complete]).toEqual([8_000_000, true]);
  expect(logged("MaxListenersExceededWarning")).toBe(false);
});

test("an app that breaks its answer off fails the call", async () => {
  expect((await twin.call("/plain/breaks")).status).toBe(502);
  const { status, complete } = await twin.call("/streams/breaks");
  expect({ status, complete }).toEqual({ status: 200, complete: false });
});

test("the app is stopped between calls, and used again", async () => {
  const { pid } = await json<{ pid: number }>("/tcp/x");
  await waitFor(() => processState(pid) === "T");
  expect(await json("/tcp/y")).toMatchObject({ pid, checks: 0 });
});

test("ImageConfig stands over the Dockerfile's command", async () => {
  expect((await twin.call("/configured/x")).status).toBe(200);
});

test("an app that ends fails its call", async () => {
  expect((await twin.call("/plain/exit")).status).toBe(502);
  expect((await twin.call("/plain/x")).status).toBe(200);
  expect((await twin.call("/exits/x")).status).toBe(502);
  expect(logged("exit status 1")).toBe(true);
});

test("an image without an adapter speaks the Runtime API itself", async () => {
  expect(await json("/bare/x")).toMatchObject({ event: { rawPath: "/bare/x" } });
});

test("environments of one image run side by side, each on a port of its own", async () => {
  const told = await Promise.all(
    ["/container/ticks/2", "/container/ticks/2", "/plain/a", "/plain/b"].map((path) => twin.call(path)),
  );
  expect(told.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test("an app is told that its environment ends", async () => {
  const ending = await serveFunctions([app("ends")]);
  const { pid } = JSON.parse((await ending.call("/ends/x")).body) as { pid: number };
  await ending.close();
  expect(ending.log.map(({ message }) => message)).toContain(`farewell of ${pid}`);
  expect(processState(pid)).toBeUndefined();
});

test.each([
  [{ AWS_LWA_ENABLE_COMPRESSION: "true" }, {}, "AWS_LWA_ENABLE_COMPRESSION is not done"],
  [{}, { command: ["no-such-program"] }, "no-such-program is neither in it nor on the PATH"],
  [{}, { dockerfile: "/nowhere/Dockerfile" }, "there is no such file"],
])("%j %j is refused at the start", async (environment, image, why) => {
  await expect(serveFunctions([app("refused", environment, image)])).rejects.toThrow(why);
});
