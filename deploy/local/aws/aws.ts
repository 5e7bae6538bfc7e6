// The twin as one thing: reads a template, listens for STS on one port and for each function URL on a port of its own
// (a URL needs an origin, and names under .localhost do not resolve everywhere). Loopback only.
import { createServer, type RequestListener, type Server } from "node:http";
import type { Clock } from "../../../server/ports.js";
import { startApiGateway, type ServedStage } from "./api-gateway/api-gateway.js";
import { apiListener } from "./api-listener.js";
import { CallCounts } from "./cloudwatch/call-counts.js";
import { createCloudWatch } from "./cloudwatch/create-cloudwatch.js";
import { authorizeAction } from "./iam/authorize-action.js";
import { authorizeFunctionUrl, authorizeInvoke } from "./iam/authorize-call.js";
import { createExecutionRoles } from "./execution-roles.js";
import { forOwnHost } from "./lambda/own-host.js";
import { isControlPath } from "./lambda/control-request.js";
import { createLambda, type Lambda } from "./lambda/lambda.js";
import { closeAtOnce, listenOn } from "../loopback.js";
import type { Caller, Role, Template } from "./model.js";
import { createQueueService } from "./queue-service.js";
import { createSessions } from "./sessions.js";
import { createVerifier, verifyFunctionUrl } from "./sigv4/verify-request.js";
import { withLocalQueueUrls } from "./sqs/queue-url.js";
import { createSts, type StsFault } from "./sts/create-sts.js";
import { createTaskCredentials } from "./task-credentials.js";
import { findOperatorRole, findTaskRole } from "./task-role.js";
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
  /** What ECS would put into the gateway's environment. */
  readonly taskEnvironment: Readonly<Record<string, string>>;
  /** The same for the shell of whoever releases functions. */
  readonly operatorEnvironment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export const account = { accountId: "123456789012", region: "eu-west-1", stackName: "grantway" } as const;

/** Rejects with Node's own error when `port` is taken, and with the template's faults when it does not load. */
export async function startAws(settings: AwsSettings): Promise<Aws> {
  const { clock, log, explain = false } = settings;
  const report = { warn: log, explain };
  const template = await loadTemplate(settings.templateFile, {
    ...account,
    ...(settings.parameters && { parameters: settings.parameters }),
  });
  const sessions = createSessions({ clock });
  const verify = createVerifier({ sessions, clock, region: template.region });
  const sts = createSts({
    template,
    sessions,
    clock,
    verify,
    log,
    explain,
    ...(settings.fault && { fault: settings.fault }),
  });
  const taskRole = findTaskRole(template, settings.taskRole, clock);
  const credentialsOf = createExecutionRoles(template, sessions, clock);
  const task = createTaskCredentials({ role: taskRole, sessions, clock });
  const operator = createTaskCredentials({
    role: findOperatorRole(template, settings.operatorRole),
    ...{ sessions, clock, path: "/operator-credentials", sessionName: "local-operator" },
  });
  const counts = new CallCounts();
  const mayDo = (caller: Caller, action: string, resources: readonly string[], sourceIp: string) =>
    authorizeAction(caller, { action, resources, region: template.region, sourceIp }, clock, report);
  const cloudWatch = createCloudWatch({
    counts,
    authenticate: (request) => verify(request, "monitoring"),
    authorize: (caller, action, sourceIp) => mayDo(caller, action, ["*"], sourceIp),
  });
  const timer = settings.after ?? after;
  const queues = createQueueService({ template, verify, clock, after: timer, log, report, credentialsOf });

  // The address is known to the functions, so it listens before they are built.
  const later: { invoke?: RequestListener } = {};
  const server = createServer(
    apiListener({ sts, task, operator, cloudWatch, sqs: queues.sqs, invoke: () => later.invoke, clock }),
  );
  const port = await listenOn(server, settings.port);
  const endpoint = `http://127.0.0.1:${port}`;
  const apiGateway = await startApiGateway({
    ...{ template, clock, log, report },
    ports: (settings.functionUrlPorts ?? []).slice(template.functions.filter(({ url }) => url).length),
  });
  const lambda = await createLambda({
    functions: apiGateway.functions.map((each) => withLocalQueueUrls(each, template, endpoint)),
    authenticate: verifyFunctionUrl(verify),
    authorize: (principal, definition, sourceIp) =>
      authorizeFunctionUrl(principal, definition, sourceIp, clock, report),
    clock,
    log: ({ functionName, message }) => log(`${functionName}: ${message}`),
    watch: settings.watch ?? false,
    holdAliases: settings.holdAliases ?? false,
    ...(settings.random && { random: settings.random }),
    finished: (call) => counts.record(call),
    credentialsOf,
    endpointUrl: endpoint,
    after: timer,
    sendDeadLetter: (definition, letter) => queues.sendDeadLetter(definition, letter),
  }).catch(async (error: unknown) => {
    // A server left listening would keep the process, which has said why it cannot start.
    await Promise.all([closeAtOnce(server), apiGateway.close()]);
    throw error;
  });
  const control = lambda.controlHandler({
    authenticate: (request) => verify(request, "lambda"),
    authorizeAction: mayDo,
    place: template,
  });
  const invoke = lambda.invokeHandler({
    authenticate: (request) => verify(request, "lambda"),
    authorize: (caller, { definition, functionArn, qualifier }, sourceIp) => {
      const fn = definition ?? { arn: functionArn };
      return authorizeInvoke({ kind: "session", caller }, fn, qualifier, sourceIp, clock, report);
    },
    place: template,
  });
  later.invoke = (request, response) =>
    (isControlPath(request.url ?? "") ? control : invoke)(request, response);
  apiGateway.serve(lambda, verify);
  queues.start(lambda.callFunction);
  const urls = await listenForFunctionUrls(lambda, template, settings);
  return {
    endpoint,
    port,
    template,
    templateFile: settings.templateFile,
    taskRole,
    functionUrls: new Map(urls.map(({ name, url }) => [name, url])),
    apiStages: apiGateway.stages,
    taskEnvironment: task.environment(endpoint),
    operatorEnvironment: operator.environment(endpoint),
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
  return Promise.all(
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
