// The twin as one thing: reads a template, listens for STS on one port and for each function URL on a port of its own
// (a URL needs an origin, and names under .localhost do not resolve everywhere). Loopback only.
import { createServer, type RequestListener, type Server } from "node:http";
import type { Clock } from "../../../server/ports.js";
import { startApiGateway, type ServedStage } from "./api-gateway/api-gateway.js";
import { apiListener } from "./api-listener.js";
import { authorizeFunctionUrl, authorizeInvoke } from "./iam/authorize-call.js";
import type { Report } from "./iam/explain.js";
import { forOwnHost } from "./lambda/own-host.js";
import { isControlPath } from "./lambda/control-request.js";
import { createLambda, type Lambda } from "./lambda/lambda.js";
import { allListening, closeAtOnce, listenOn } from "../loopback.js";
import type { FunctionDefinition, Role, SignedRequest, Template } from "./model.js";
import { createServices, type Services } from "./services.js";
import { verifyFunctionUrl } from "./sigv4/verify-request.js";
import { withLocalQueueUrls } from "./sqs/queue-url.js";
import type { StsFault } from "./sts/create-sts.js";
import { recordedSession, type RecordedSession } from "./sts/recorded-session.js";
import { loadTemplate } from "./template/load-template.js";
import { after, type After } from "./timer.js";

export interface AwsSettings {
  readonly templateFile: string;
  /** Of the template; those with a default may be left out. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** For STS and everything else that has one address; 0 is any free port. */
  readonly port: number;
  /** Ports to try for the function URLs, in the template's order; any free one when taken or not given. */
  readonly functionUrlPorts?: readonly number[];
  /** Name of the role that the task credentials are of; an administrator's if absent. */
  readonly taskRole?: string;
  /** Say for each denied call which statement was missing. */
  readonly explain?: boolean;
  /** Functions are built again when their files change. */
  readonly watch?: boolean;
  /** A changed file is in $LATEST only: aliases are moved by whoever releases. */
  readonly holdAliases?: boolean;
  /** From 0 up to 1: which of an alias's two versions a call runs. */
  readonly random?: () => number;
  /** Name of the role of whoever releases functions; an administrator's if absent. */
  readonly operatorRole?: string;
  /** Name of the role of whoever runs `grantway doctor`; an administrator's if absent. */
  readonly doctorRole?: string;
  readonly clock: Clock;
  /** When what waits is done, beside `clock`; real time if absent. */
  readonly after?: After;
  /** Sentences for the person at the keyboard: denials, what functions print. */
  readonly log: (line: string) => void;
  /** For tests: asked at each STS request; `throttle`, `deny`, `drop` (no answer) or `{ slow: promise }` (when it resolves). */
  readonly fault?: () => StsFault | undefined;
}

export interface Aws {
  /** For AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly port: number;
  readonly template: Template;
  readonly templateFile: string;
  readonly taskRole: Role;
  /** Function name -> its URL, with a trailing slash as Lambda gives it. */
  readonly functionUrls: ReadonlyMap<string, string>;
  /** The stages of the template's REST APIs. */
  readonly apiStages: readonly ServedStage[];
  /** Of a session of this account, also one that has ended; for the person at the keyboard. */
  readonly recordedSession: (accessKeyId: string) => RecordedSession | undefined;
  /** What ECS would put into the gateway's environment. */
  readonly taskEnvironment: Readonly<Record<string, string>>;
  /** The same for the shell of whoever releases functions. */
  readonly operatorEnvironment: Readonly<Record<string, string>>;
  /** The same for the shell of whoever runs `grantway doctor`. */
  readonly doctorEnvironment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export const account = { accountId: "123456789012", region: "eu-west-1", stackName: "grantway" } as const;

/** Rejects with Node's own error when `port` is taken, and with the template's faults when it does not load. */
export async function startAws(settings: AwsSettings): Promise<Aws> {
  const opened: Close[] = [];
  try {
    return await start(settings, opened);
  } catch (error) {
    // A server left listening would keep the process, which has said why it cannot start.
    await Promise.all(opened.map((close) => close()));
    throw error;
  }
}

type Close = () => Promise<void>;

/** What is to be closed where a later step fails goes into `opened`. */
async function start(settings: AwsSettings, opened: Close[]): Promise<Aws> {
  const { clock, log, explain = false } = settings;
  const report = { warn: log, explain };
  const template = await loadTemplate(settings.templateFile, {
    ...account,
    ...(settings.parameters && { parameters: settings.parameters }),
  });
  const timer = settings.after ?? after;
  const services = createServices({ ...settings, template, after: timer, report });
  const { sts, iam, task, operator, doctor, cloudWatch, queues, verify } = services;

  // The address is known to the functions, so it listens before they are built.
  const later: { invoke?: RequestListener } = {};
  const server = createServer(
    apiListener({
      ...{ sts, iam, task, operator, doctor, cloudWatch, sqs: queues.sqs, clock },
      invoke: () => later.invoke,
    }),
  );
  const port = await listenOn(server, settings.port);
  opened.push(() => closeAtOnce(server));
  const endpoint = `http://127.0.0.1:${port}`;
  const apiGateway = await startApiGateway({
    ...{ template, clock, log, report },
    ports: (settings.functionUrlPorts ?? []).slice(template.functions.filter(({ url }) => url).length),
  });
  opened.push(() => apiGateway.close());
  const functions = apiGateway.functions.map((each) => withLocalQueueUrls(each, template, endpoint));
  const lambda = await deploy(settings, services, { functions, endpoint, after: timer, report });
  opened.push(() => lambda.close());
  const urls = await listenForFunctionUrls(lambda, template, settings);
  const addresses = new Map(urls.map(({ name, url }) => [name, url]));
  later.invoke = lambdaListener(lambda, template, services, { clock, report, addresses });
  apiGateway.serve(lambda, verify);
  queues.start(lambda.callFunction);
  return {
    endpoint,
    port,
    template,
    templateFile: settings.templateFile,
    taskRole: services.taskRole,
    functionUrls: addresses,
    apiStages: apiGateway.stages,
    recordedSession: (accessKeyId) => {
      const caller = services.sessions.find(accessKeyId);
      return caller && recordedSession(caller);
    },
    taskEnvironment: task.environment(endpoint),
    operatorEnvironment: operator.environment(endpoint),
    doctorEnvironment: doctor.environment(endpoint),
    async close() {
      sts.close();
      await Promise.all([
        apiGateway.close(),
        ...[server, ...urls.map((each) => each.server)].map(closeAtOnce),
      ]);
      await Promise.all([queues.close(), lambda.close()]);
    },
  };
}

interface Deployment {
  readonly functions: readonly FunctionDefinition[];
  readonly endpoint: string;
  readonly after: After;
  readonly report: Report;
}

function deploy(
  { clock, log, watch = false, holdAliases = false, random }: AwsSettings,
  { verify, counts, credentialsOf, queues }: Services,
  { functions, endpoint, after, report }: Deployment,
): Promise<Lambda> {
  return createLambda({
    ...{ functions, clock, watch, holdAliases, credentialsOf, endpointUrl: endpoint, after },
    ...(random && { random }),
    authenticate: verifyFunctionUrl(verify),
    authorize: (principal, definition, sourceIp) =>
      authorizeFunctionUrl(principal, definition, sourceIp, clock, report),
    log: ({ functionName, message }) => log(`${functionName}: ${message}`),
    finished: (call) => counts.record(call),
    sendDeadLetter: (definition, letter) => queues.sendDeadLetter(definition, letter),
  });
}

interface LambdaApi {
  readonly clock: Clock;
  readonly report: Report;
  /** Function name -> its URL. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** Lambda's own API: what calls functions, and what asks about them and changes their versions. */
function lambdaListener(
  lambda: Lambda,
  template: Template,
  { verify, mayDo }: Services,
  { clock, report, addresses }: LambdaApi,
): RequestListener {
  const authenticate = (request: SignedRequest) => verify(request, "lambda");
  const urls = { addressOf: (name: string) => addresses.get(name), createdAt: clock() };
  const control = lambda.controlHandler({ authenticate, authorizeAction: mayDo, place: template, urls });
  const invoke = lambda.invokeHandler({
    authenticate,
    authorize: (caller, { definition, functionArn, qualifier }, sourceIp) => {
      const fn = definition ?? { arn: functionArn };
      return authorizeInvoke({ kind: "session", caller }, fn, qualifier, sourceIp, clock, report);
    },
    place: template,
  });
  return (request, response) => (isControlPath(request.url ?? "") ? control : invoke)(request, response);
}

interface ListeningUrl {
  readonly name: string;
  readonly url: string;
  readonly server: Server;
}

async function listenForFunctionUrls(
  lambda: Lambda,
  template: Template,
  { functionUrlPorts = [], clock, log }: AwsSettings,
): Promise<ListeningUrl[]> {
  const withUrl = template.functions.filter(({ url }) => url !== undefined);
  return allListening(
    withUrl.map(async (definition, at) => {
      const server = createServer(
        forOwnHost(lambda.urlHandler(definition), clock, (line) => log(`${definition.name}: ${line}`)),
      );
      // A function may take 15 minutes; Node's own clocks are about idle and incoming requests.
      server.timeout = 0;
      const wanted = functionUrlPorts[at] ?? 0;
      const port = await listenOn(server, wanted).catch(() => listenOn(server, 0));
      return { name: definition.name, url: `http://127.0.0.1:${port}/`, server };
    }),
  );
}
