// The twin's stand-in for the Lambda Web Adapter (https://github.com/awslabs/aws-lambda-web-adapter), the entry of a process
// beside a web app: it waits until the app answers, then turns each call into an HTTP request to it. It knows the twin
// through the Runtime API only. Bundled by build-image.ts; what it leaves out stands in deploy/local/README.md.
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { toHead, toPayload, toPrelude } from "./answer.js";
import { type AppRequest, toAppRequest } from "./request.js";
import { type NextCall, RuntimeClient } from "./runtime-client.js";
import { readWebAdapterSettings, type WebAdapterSettings } from "./settings.js";

/** The adapter's own. */
const READINESS_INTERVAL_MS = 10;
/** When whoever waits should hear why. */
const PATIENCE_MS = 2000;

const ask = (
  { port }: WebAdapterSettings,
  { method, target, headers, body }: AppRequest,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, method, path: target, headers, agent: false }, resolve)
      .on("error", reject)
      .end(body);
  });

const answersHttp = async (settings: WebAdapterSettings): Promise<boolean> => {
  const readiness = { format: "none", method: "GET", headers: {}, body: Buffer.alloc(0) } as const;
  const answer = await ask(settings, { ...readiness, target: settings.readinessPath });
  answer.resume();
  return settings.isHealthy(answer.statusCode ?? 0);
};

const acceptsTcp = async ({ port }: WebAdapterSettings): Promise<boolean> => {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
  return true;
};

const isReady = (settings: WebAdapterSettings): Promise<boolean> =>
  (settings.readinessProtocol === "tcp" ? acceptsTcp(settings) : answersHttp(settings)).catch(() => false);

/** Lambda's limit for the init phase ends a wait in vain. */
const untilReady = async (settings: WebAdapterSettings): Promise<void> => {
  const startedAt = performance.now();
  let isTold = false;
  while (!(await isReady(settings))) {
    if (!isTold && performance.now() - startedAt > PATIENCE_MS) {
      const { readinessPath, port } = settings;
      console.log(
        `web adapter: the app does not answer on ${readinessPath} yet; it must listen on the port that PORT names, here ${port}`,
      );
      isTold = true;
    }
    await delay(READINESS_INTERVAL_MS);
  }
};

const lambdaContextOf = ({ requestId, headers }: NextCall): unknown => ({
  request_id: requestId,
  deadline: Number(headers["lambda-runtime-deadline-ms"]),
  invoked_function_arn: headers["lambda-runtime-invoked-function-arn"],
  xray_trace_id: headers["lambda-runtime-trace-id"],
  client_context: null,
  identity: null,
  env_config: {
    function_name: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memory: Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE),
    version: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    log_stream: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    log_group: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  },
});

/** Both listeners go with the first: a slow reader has this called for each piece. */
const drained = (posted: ClientRequest): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      posted.off("drain", done).off("close", done);
      resolve();
    };
    posted.once("drain", done).once("close", done);
    // It may have closed before somebody listened.
    if (posted.destroyed) done();
  });

const relay = async (answer: IncomingMessage, posted: ClientRequest): Promise<void> => {
  const accepted = once(posted, "response");
  accepted.catch(() => undefined);
  // Once the twin has answered, a connection that it closes says nothing new.
  posted.on("error", () => undefined);
  posted.write(toPrelude(toHead(answer.statusCode ?? 0, answer.headersDistinct)));
  try {
    for await (const piece of answer as AsyncIterable<Buffer>)
      if (!posted.write(piece)) await drained(posted);
  } catch (error) {
    const [errorType, errorMessage] = [
      "WebAdapter.AppBrokeOff",
      `the app broke its answer off: ${String(error)}`,
    ];
    posted.addTrailers({
      "lambda-runtime-function-error-type": errorType,
      "lambda-runtime-function-error-body": Buffer.from(JSON.stringify({ errorType, errorMessage })).toString(
        "base64",
      ),
    });
  }
  posted.end();
  const [response] = (await accepted) as [IncomingMessage];
  response.resume();
};

const serve = async (client: RuntimeClient, settings: WebAdapterSettings, call: NextCall): Promise<void> => {
  const { requestId } = call;
  const appRequest = toAppRequest(call.event, lambdaContextOf(call), settings);
  const answer = await ask(settings, appRequest).catch((error: unknown) => String(error));
  if (typeof answer === "string") return client.fail(requestId, "WebAdapter.AppUnreachable", answer);
  const status = answer.statusCode ?? 0;
  if (settings.isError(status)) {
    answer.resume();
    const why = `Request failed with configured error status code: ${status}`;
    return client.fail(requestId, "WebAdapter.ErrorStatus", why);
  }
  if (settings.isStreaming) return relay(answer, client.stream(requestId));
  const body = await buffer(answer).catch((error: unknown) => String(error));
  if (typeof body === "string") return client.fail(requestId, "WebAdapter.AppBrokeOff", body);
  await client.respond(requestId, toPayload(appRequest.format, toHead(status, answer.headersDistinct), body));
};

const run = async (): Promise<void> => {
  const settings = readWebAdapterSettings(process.env);
  if (!settings.ok) throw new Error(settings.denial);
  const client = new RuntimeClient(process.env.AWS_LAMBDA_RUNTIME_API ?? "");
  client.awaitEvents(await client.register("lambda-adapter"));
  await untilReady(settings.value);
  for (;;) await serve(client, settings.value, await client.next());
};

run().catch((error: unknown) => {
  console.error(`web adapter: ${String(error)}`);
  process.exit(1);
});
