// The Invoke API on a socket of its own, called by the AWS SDK with a real signature; who may call is the test's say.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LambdaClient, type LambdaClientConfig } from "@aws-sdk/client-lambda";
import type { LambdaLogEntry } from "../../../../deploy/local/aws/lambda/function-url.js";
import type { InvokeApiSettings } from "../../../../deploy/local/aws/lambda/invoke-api.js";
import { createLambda } from "../../../../deploy/local/aws/lambda/lambda.js";
import type { FunctionDefinition } from "../../../../deploy/local/aws/model.js";
import { createSessions } from "../../../../deploy/local/aws/sessions.js";
import { createVerifier } from "../../../../deploy/local/aws/sigv4/verify-request.js";
import { sampleRole } from "../iam/sample-caller.js";
import { fixture } from "./lambda-harness.js";

/** A function of `fixtures/invoke-functions.ts`, by the name of its export. */
export const invokable = (
  exportPath: string,
  overrides: Partial<FunctionDefinition> = {},
): FunctionDefinition =>
  fixture(exportPath, "BUFFERED", {
    name: exportPath,
    arn: `arn:aws:lambda:eu-west-1:123456789012:function:${exportPath}`,
    handler: `invoke-functions.${exportPath}`,
    build: { entryPoints: ["invoke-functions.ts"], format: "esm", outExtension: ".mjs", target: "es2022" },
    ...overrides,
  });

export interface InvokeHarness {
  readonly url: string;
  readonly log: readonly LambdaLogEntry[];
  /** Waits for a line that a function or the twin says. */
  readonly logged: (text: string) => Promise<void>;
  readonly client: (config?: LambdaClientConfig) => LambdaClient;
  readonly close: () => Promise<void>;
}

export const serveInvoke = async (
  functions: readonly FunctionDefinition[],
  authorize: InvokeApiSettings["authorize"] = () => ({ ok: true, value: undefined }),
  role = sampleRole("analyst"),
): Promise<InvokeHarness> => {
  const log: LambdaLogEntry[] = [];
  const waiting: { text: string; done: () => void }[] = [];
  const isIn = (text: string) => log.some(({ message }) => message.includes(text));
  const lambda = await createLambda({
    functions,
    authenticate: () => Promise.reject(new Error("this is not a function URL")),
    authorize: () => ({ ok: true, value: undefined }),
    clock: Date.now,
    log: (entry) => {
      log.push(entry);
      for (const { text, done } of waiting) if (entry.message.includes(text)) done();
    },
  });
  const sessions = createSessions({ clock: Date.now });
  const verify = createVerifier({ sessions, clock: Date.now, region: "eu-west-1" });
  const place = { region: "eu-west-1", accountId: "123456789012" };
  const server = createServer(
    lambda.invokeHandler({ authenticate: (request) => verify(request, "lambda"), authorize, place }),
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const session = sessions.mint(role, { sessionName: "alice", durationSeconds: 900 });
  const { accessKeyId, secretAccessKey, sessionToken } = session;
  const clients: LambdaClient[] = [];
  return {
    url,
    log,
    logged: (text) =>
      isIn(text) ? Promise.resolve() : new Promise((done) => void waiting.push({ text, done })),
    client: (config = {}) => {
      const credentials = { accessKeyId, secretAccessKey, sessionToken };
      const client = new LambdaClient({
        endpoint: url,
        region: "eu-west-1",
        credentials,
        maxAttempts: 1,
        ...config,
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      server.close();
      await lambda.close();
    },
  };
};
