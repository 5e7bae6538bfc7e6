// The twin's API Gateway: each REST API of the template listens on a port of its own, as each function URL does, since an
// API has an origin. Functions are told those ports, so the APIs listen before the functions are built; until then, 503.
import { createServer, type RequestListener, type Server } from "node:http";
import type { Clock } from "../../../../server/ports.js";
import { allListening, closeAtOnce, listenOn } from "../../loopback.js";
import { authorizeApiCall, mayApiInvoke } from "../iam/authorize-api.js";
import { authorizeInvoke } from "../iam/authorize-call.js";
import type { Report } from "../iam/explain.js";
import type { Lambda } from "../lambda/lambda.js";
import { forOwnHost } from "../lambda/own-host.js";
import type { FunctionDefinition, RestApi, Template } from "../model.js";
import type { Verify } from "../sigv4/verify-request.js";
import type { CalledFunctions } from "./call-function.js";
import { apiOrigin, withLocalOrigins } from "./local-addresses.js";
import { createStages } from "./stage.js";

/** A stage as the gateway's configuration names it. */
export interface ServedStage {
  readonly logicalId: string;
  readonly stage: string;
  /** With the stage: `http://127.0.0.1:PORT/prod`. */
  readonly url: string;
  /** `arn:aws:execute-api:eu-west-1:123456789012:abc123/prod` */
  readonly arn: string;
}

export interface ApiGateway {
  readonly stages: readonly ServedStage[];
  /** The template's functions, told in their environment where the APIs are here. */
  readonly functions: readonly FunctionDefinition[];
  /** From now on the stages answer. */
  serve(lambda: Pick<Lambda, "calleeOf">, verify: Verify): void;
  close(): Promise<void>;
}

export interface ApiGatewaySettings {
  readonly template: Template;
  /** To try, in the template's order; any free one when taken or not given. */
  readonly ports: readonly number[];
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly report: Report;
}

export async function startApiGateway(settings: ApiGatewaySettings): Promise<ApiGateway> {
  const { template, ports } = settings;
  const apis = await allListening((template.apis ?? []).map((api, at) => listen(api, ports[at], settings)));
  const origins = apis.map(({ api, origin }) => [apiOrigin(api, template.region), origin] as const);
  return {
    stages: apis.flatMap(({ api, origin }) => stagesOf(api, origin, template)),
    functions: template.functions.map((definition) => withLocalOrigins(definition, origins)),
    serve: (lambda, verify) => {
      const functions = calledFunctions(lambda, settings);
      for (const { api, answerWith } of apis) answerWith(stagesHandler(api, verify, functions, settings));
    },
    close: async () => {
      await Promise.all(apis.map(({ server }) => closeAtOnce(server)));
    },
  };
}

interface ListeningApi {
  readonly api: RestApi;
  readonly origin: string;
  readonly server: Server;
  readonly answerWith: (handler: RequestListener) => void;
}

async function listen(
  api: RestApi,
  wanted: number | undefined,
  { clock, log }: ApiGatewaySettings,
): Promise<ListeningApi> {
  let current: RequestListener = (_req, res) =>
    void res.writeHead(503).end("The functions are still being built.\n");
  const handler: RequestListener = (req, res) => current(req, res);
  const server = createServer(forOwnHost(handler, clock, (line) => log(`${api.logicalId}: ${line}`)));
  // An integration has a clock of its own.
  server.timeout = 0;
  const port = await listenOn(server, wanted ?? 0).catch(() => listenOn(server, 0));
  return {
    ...{ api, server, origin: `http://127.0.0.1:${port}` },
    answerWith: (next) => {
      current = next;
    },
  };
}

const stagesOf = (
  { logicalId, id, stages }: RestApi,
  origin: string,
  { region, accountId }: Template,
): ServedStage[] =>
  stages.map(({ name }) => ({
    logicalId,
    stage: name,
    url: `${origin}/${name}`,
    arn: `arn:aws:execute-api:${region}:${accountId}:${id}/${name}`,
  }));

const stagesHandler = (
  api: RestApi,
  verify: Verify,
  functions: CalledFunctions,
  { template, clock, log, report }: ApiGatewaySettings,
): RequestListener =>
  createStages({
    api,
    accountId: template.accountId,
    region: template.region,
    authenticate: (request) => verify(request, "execute-api"),
    authorize: (caller, call) => authorizeApiCall(caller, call, clock, report),
    functions,
    clock,
    log: (line) => log(`${api.logicalId}: ${line}`),
  });

const calledFunctions = (
  lambda: Pick<Lambda, "calleeOf">,
  { clock, report }: ApiGatewaySettings,
): CalledFunctions => ({
  calleeOf: (functionArn) => lambda.calleeOf(functionArn),
  mayApiInvoke: (call) => mayApiInvoke(call, clock, report),
  mayCallerInvoke: (caller, fn, qualifier, sourceIp) =>
    authorizeInvoke({ kind: "session", caller }, fn, qualifier, sourceIp, clock, report).ok,
});
