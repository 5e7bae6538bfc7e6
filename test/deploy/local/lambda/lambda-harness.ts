// Serves functions behind a real http.Server on a free port, with an authenticator that lets everybody in.
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { LambdaLogEntry } from "../../../../deploy/local/aws/lambda/function-url.js";
import {
  createLambda,
  type Lambda,
  type LambdaSettings,
} from "../../../../deploy/local/aws/lambda/lambda.js";
import type { Caller, FunctionDefinition } from "../../../../deploy/local/aws/model.js";

// Every function is a process, and the machine may be busy.
jest.setTimeout(60_000);

/** Saturday 21 November 2026, 09:08:07.654 UTC. */
export const NOW = Date.UTC(2026, 10, 21, 9, 8, 7, 654);

export const caller: Caller = {
  accessKeyId: "ASIAEXAMPLEEXAMPLE01",
  secretAccessKey: "secret",
  sessionToken: "token",
  issuedAt: NOW,
  expiration: NOW + 900_000,
  accountId: "123456789012",
  role: {
    name: "analyst",
    arn: "arn:aws:iam::123456789012:role/analyst",
    roleId: "AROAEXAMPLEEXAMPLE0",
    trustPolicy: { statements: [] },
    policies: [],
    maxSessionDurationSeconds: 3600,
  },
  arn: "arn:aws:sts::123456789012:assumed-role/analyst/main.alice",
  userId: "AROAEXAMPLEEXAMPLE0:main.alice",
  tags: {},
  transitiveTagKeys: [],
};

type InvokeMode = "BUFFERED" | "RESPONSE_STREAM";

/** A function of `fixtures/functions.ts`, by the name of its export. */
export const fixture = (
  exportPath: string,
  invokeMode: InvokeMode = "BUFFERED",
  overrides: Partial<FunctionDefinition> = {},
): FunctionDefinition => ({
  logicalId: exportPath,
  name: `twin-${exportPath}`,
  arn: `arn:aws:lambda:eu-west-1:123456789012:function:twin-${exportPath}`,
  alias: "live",
  url: { authType: "AWS_IAM", invokeMode, qualifier: "live", urlId: "abcdefghijabcdefghijabcdefghij12" },
  codeFolder: join(__dirname, "fixtures"),
  handler: `functions.${exportPath}`,
  runtime: "nodejs24.x",
  timeoutSeconds: 30,
  memoryMb: 128,
  environment: { COLOUR: "red" },
  build: { entryPoints: ["functions.ts"], format: "esm", outExtension: ".mjs", target: "es2022" },
  ...overrides,
});

/** The same function without one of its settings. */
export const without = (
  setting: "alias" | "build" | "url",
  definition: FunctionDefinition,
): FunctionDefinition => {
  const rest: { alias?: unknown; build?: unknown; url?: unknown } = { ...definition };
  Reflect.deleteProperty(rest, setting);
  return rest as FunctionDefinition;
};

/** A function of `handlers/`, built and run as the template says it. */
export const deployed = (name: string, invokeMode: InvokeMode = "BUFFERED"): FunctionDefinition =>
  fixture(name, invokeMode, {
    codeFolder: join(__dirname, "../../../../handlers", name),
    handler: "handler.handler",
    build: { entryPoints: ["handler.ts"], format: "esm", outExtension: ".mjs", target: "es2022" },
  });

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** False when the transfer was broken off. */
  readonly complete: boolean;
}

export interface Harness {
  readonly port: number;
  readonly log: LambdaLogEntry[];
  /** The answer's head; its body is not read yet. The path's first segment names the function. */
  readonly open: (path: string, options?: RequestOptions) => Promise<IncomingMessage>;
  readonly call: (path: string, options?: RequestOptions) => Promise<Reply>;
  readonly close: () => Promise<void>;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
}

export const readReply = async (answer: IncomingMessage): Promise<Reply> => {
  const chunks: Buffer[] = [];
  answer.on("data", (chunk: Buffer) => chunks.push(chunk));
  answer.on("error", () => undefined);
  await new Promise((resolve) => answer.once("close", resolve));
  const { statusCode: status = 0, headers, complete } = answer;
  return { status, headers, body: Buffer.concat(chunks).toString("utf8"), complete };
};

const listen = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

const mountAll = async (lambda: Lambda, functions: readonly FunctionDefinition[]) => {
  try {
    return new Map(functions.map((fn) => [fn.logicalId, lambda.urlHandler(fn)]));
  } catch (error) {
    await lambda.close();
    throw error;
  }
};

const createTwin = (handlers: ReadonlyMap<string, RequestListener>): Server =>
  createServer((req, res) => {
    const handler = handlers.get(/^\/([^/?]*)/.exec(req.url ?? "")?.[1] ?? "");
    if (handler === undefined) throw new Error(`no function at ${req.url ?? ""}`);
    handler(req, res);
  });

export const serveFunctions = async (
  functions: readonly FunctionDefinition[],
  overrides: Partial<LambdaSettings> = {},
): Promise<Harness> => {
  const log: LambdaLogEntry[] = [];
  const lambda = await createLambda({
    functions,
    authenticate: () => Promise.resolve({ ok: true, value: caller }),
    authorize: () => ({ ok: true, value: undefined }),
    clock: () => NOW,
    log: (entry) => log.push(entry),
    ...overrides,
  });
  const server = createTwin(await mountAll(lambda, functions));
  const port = await listen(server);
  const open: Harness["open"] = (path, { method = "GET", headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      request({ port, host: "127.0.0.1", path, method, headers, agent: false }, resolve)
        .on("error", reject)
        .end(body);
    });
  return {
    port,
    log,
    open,
    call: async (path, options) => readReply(await open(path, options)),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await lambda.close();
    },
  };
};
