// The twin as one thing: reads a template, listens for STS on one port and for each function URL on a port of its own
// (a URL needs an origin, and names under .localhost do not resolve everywhere). Loopback only.
import { createServer, type RequestListener, type Server } from "node:http";
import type { Clock } from "../../../server/ports.js";
import { apiListener } from "./api-listener.js";
import { authorizeFunctionUrl, authorizeInvoke } from "./iam/authorize-call.js";
import { createExecutionRoles } from "./execution-roles.js";
import { forOwnHost } from "./lambda/own-host.js";
import { createLambda, type Lambda } from "./lambda/lambda.js";
import { closeAtOnce, listenOn } from "../loopback.js";
import type { Role, Template } from "./model.js";
import { createSessions } from "./sessions.js";
import { createVerifier, verifyFunctionUrl } from "./sigv4/verify-request.js";
import { createSts, type StsFault } from "./sts/create-sts.js";
import { createTaskCredentials } from "./task-credentials.js";
import { findTaskRole } from "./task-role.js";
import { loadTemplate } from "./template/load-template.js";

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
  readonly clock: Clock;
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
  /** What ECS would put into the gateway's environment. */
  readonly taskEnvironment: Readonly<Record<string, string>>;
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

  // The address is known to the functions, so it listens before they are built.
  const later: { invoke?: RequestListener } = {};
  const server = createServer(apiListener({ sts, task, invoke: () => later.invoke }));
  const port = await listenOn(server, settings.port);
  const endpoint = `http://127.0.0.1:${port}`;
  const lambda = await createLambda({
    functions: template.functions,
    authenticate: verifyFunctionUrl(verify),
    authorize: (principal, definition, sourceIp) =>
      authorizeFunctionUrl(principal, definition, sourceIp, clock, report),
    clock,
    log: ({ functionName, message }) => log(`${functionName}: ${message}`),
    watch: settings.watch ?? false,
    credentialsOf,
    endpointUrl: endpoint,
  }).catch(async (error: unknown) => {
    // A server left listening would keep the process, which has said why it cannot start.
    await closeAtOnce(server);
    throw error;
  });
  later.invoke = lambda.invokeHandler({
    authenticate: (request) => verify(request, "lambda"),
    authorize: (caller, { definition, functionArn, qualifier }, sourceIp) => {
      const fn = definition ?? { arn: functionArn };
      return authorizeInvoke({ kind: "session", caller }, fn, qualifier, sourceIp, clock, report);
    },
    place: template,
  });
  const urls = await listenForFunctionUrls(lambda, template, settings);
  return {
    endpoint,
    port,
    template,
    templateFile: settings.templateFile,
    taskRole,
    functionUrls: new Map(urls.map(({ name, url }) => [name, url])),
    taskEnvironment: task.environment(endpoint),
    async close() {
      sts.close();
      await Promise.all([server, ...urls.map((each) => each.server)].map(closeAtOnce));
      await lambda.close();
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
