// The twin as one thing: reads a template, listens for STS on one port and for each function URL on a port of its own
// (a URL needs an origin, and names under .localhost do not resolve everywhere). Loopback only.
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { Clock } from "../../../server/ports.js";
import { authorizeFunctionUrl } from "./iam/authorize-call.js";
import { jsonAnswer } from "./json-answer.js";
import { createLambda, type Lambda } from "./lambda/lambda.js";
import { receiveRequest } from "./lambda/receive-request.js";
import { closeAtOnce, listenOn } from "../loopback.js";
import type { Template } from "./model.js";
import { createSessions } from "./sessions.js";
import { createVerifier, verifyFunctionUrl } from "./sigv4/verify-request.js";
import { createSts, type Sts, type StsFault } from "./sts/create-sts.js";
import { createTaskCredentials, type TaskCredentials } from "./task-credentials.js";
import { loadTemplate } from "./template/load-template.js";

export interface AwsSettings {
  readonly templateFile: string;
  /** For STS and everything else that has one address; 0 is any free port. */
  readonly port: number;
  /** Ports to try for the function URLs, in the template's order; any free one when taken or not given. */
  readonly functionUrlPorts?: readonly number[];
  /** Name of the role that the task credentials are of. */
  readonly taskRole: string;
  readonly clock: Clock;
  /** Sentences for the person at the keyboard: denials, what functions print. */
  readonly log: (line: string) => void;
  /** For tests: makes AssumeRole fail. */
  readonly fault?: () => StsFault | undefined;
}

export interface Aws {
  /** For AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly port: number;
  readonly template: Template;
  /** Function name -> its URL, with a trailing slash as Lambda gives it. */
  readonly functionUrls: ReadonlyMap<string, string>;
  /** What ECS would put into the gateway's environment. */
  readonly taskEnvironment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export const account = { accountId: "123456789012", region: "eu-west-1", stackName: "grantway" } as const;

/** Rejects with Node's own error when `port` is taken, and with the template's faults when it does not load. */
export async function startAws(settings: AwsSettings): Promise<Aws> {
  const { clock, log } = settings;
  const template = loadTemplate(settings.templateFile, account);
  const sessions = createSessions({ clock });
  const verify = createVerifier({ sessions, clock, region: template.region });
  const sts = createSts({
    template,
    sessions,
    clock,
    verify,
    log,
    ...(settings.fault && { fault: settings.fault }),
  });
  const task = createTaskCredentials({ role: roleNamed(template, settings.taskRole), sessions, clock });

  const server = createServer(apiListener(sts, task));
  const port = await listenOn(server, settings.port);
  const endpoint = `http://127.0.0.1:${port}`;
  const lambda = await createLambda({
    functions: template.functions,
    authenticate: verifyFunctionUrl(verify),
    authorize: (caller, definition, sourceIp) =>
      authorizeFunctionUrl(caller, definition, sourceIp, clock, log),
    clock,
    log: ({ functionName, message }) => log(`${functionName}: ${message}`),
  }).catch(async (error: unknown) => {
    // A server left listening would keep the process, which has said why it cannot start.
    await closeAtOnce(server);
    throw error;
  });
  const urls = await listenForFunctionUrls(lambda, template, settings.functionUrlPorts ?? []);
  return {
    endpoint,
    port,
    template,
    functionUrls: new Map(urls.map(({ name, url }) => [name, url])),
    taskEnvironment: task.environment(endpoint),
    async close() {
      sts.close();
      await Promise.all([server, ...urls.map((each) => each.server)].map(closeAtOnce));
      await lambda.close();
    },
  };
}

function roleNamed(template: Template, name: string) {
  const role = template.roles.find((candidate) => candidate.name === name);
  if (!role) throw new Error(`the template has no role ${name} for the gateway's task to run on`);
  return role;
}

function apiListener(sts: Sts, task: TaskCredentials): RequestListener {
  const answer = async (request: IncomingMessage) => {
    if (request.method === "GET" && request.url === task.path)
      return task.answer(request.headers.authorization);
    const received = await receiveRequest(request);
    if (!received) return undefined;
    if (!received.ok) return jsonAnswer(received.error.status, { message: received.error.message });
    const isSts = request.url === "/" || request.url?.startsWith("/?");
    if (isSts) return sts.handle(received.value);
    return jsonAnswer(404, { message: "The local twin serves STS at / and nothing else here." });
  };
  return (request, response) => {
    answer(request)
      .then((reply) => {
        if (reply) response.writeHead(reply.status, reply.headers).end(reply.body);
        else response.destroy();
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  };
}

/** AWS finds a function by the Host that was signed; a request for another URL must not run this one. */
const forOwnHost =
  (handler: RequestListener): RequestListener =>
  (request, response) => {
    const port = request.socket.localPort ?? 0;
    const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
    if (hosts.includes(request.headers.host ?? "")) handler(request, response);
    else
      response
        .writeHead(403, { "content-type": "application/json", "x-amzn-errortype": "AccessDeniedException" })
        .end('{"Message":"Forbidden"}');
  };

interface ListeningUrl {
  readonly name: string;
  readonly url: string;
  readonly server: Server;
}

async function listenForFunctionUrls(
  lambda: Lambda,
  template: Template,
  ports: readonly number[],
): Promise<ListeningUrl[]> {
  const withUrl = template.functions.filter(({ url }) => url !== undefined);
  return Promise.all(
    withUrl.map(async (definition, at) => {
      const server = createServer(forOwnHost(lambda.urlHandler(definition)));
      // A function may take 15 minutes; Node's own clocks are about idle and incoming requests.
      server.timeout = 0;
      const wanted = ports[at] ?? 0;
      const port = await listenOn(server, wanted).catch(() => listenOn(server, 0));
      return { name: definition.name, url: `http://127.0.0.1:${port}/`, server };
    }),
  );
}
