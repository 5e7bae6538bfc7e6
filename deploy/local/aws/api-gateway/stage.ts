// The stages of one REST API: finds the method, asks for IAM's yes (signature, then permission), and answers as the
// integration does; in this order, and no function runs before all of it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
// Not done: throttling, caching, API keys, custom domain names.
import type { IncomingMessage, ServerResponse } from "node:http";
import { endWithRequest } from "../end-with-request.js";
import type { Clock } from "../../../../server/ports.js";
import type { ApiCall } from "../iam/authorize-api.js";
import type { RequestHandler } from "../lambda/function-url.js";
import type { ApiStage, AwsError, Caller, Outcome, RestApi, SignedRequest } from "../model.js";
import { sourceIpOf } from "../source-ip.js";
import { missingToken as unsigned } from "../sigv4/refusals.js";
import { parseTarget } from "../sigv4/parse-target.js";
import { toApiEvent } from "./api-event.js";
import {
  apiIdHeaders,
  badRequest,
  bodyOf,
  forbidden,
  internalError,
  missingToken,
  newApiAnswerIds,
  unsupportedMediaType,
  type ApiAnswerIds,
} from "./api-refusal.js";
import { callFunction, type CalledFunctions } from "./call-function.js";
import { findMethod, type FoundMethod } from "./find-method.js";
import { isBinary } from "./media-types.js";
import type { ApiAnswer } from "./proxy-answer.js";
import { receiveApiRequest } from "./receive-api-request.js";

export interface StageDeps {
  readonly api: RestApi;
  readonly accountId: string;
  readonly region: string;
  readonly authenticate: (request: SignedRequest) => Promise<Outcome<Caller>>;
  readonly authorize: (caller: Caller, call: ApiCall) => Outcome<void>;
  readonly functions: CalledFunctions;
  readonly clock: Clock;
  /** Why a call was refused, or not answered. */
  readonly log: (line: string) => void;
}

interface Exchange extends ApiAnswerIds {
  readonly deps: StageDeps;
  readonly now: number;
}

/** A request that belongs to a method of a stage. */
interface Call {
  readonly request: SignedRequest;
  readonly stage: ApiStage;
  /** Without the stage and the query. */
  readonly path: string;
  readonly found: FoundMethod;
  readonly connection: { readonly sourceIp: string; readonly port: number };
}

export const createStages =
  (deps: StageDeps): RequestHandler =>
  (req, res) => {
    const now = deps.clock();
    const exchange: Exchange = { deps, now, ...newApiAnswerIds(now) };
    // Nothing is waiting for what a client that left would be told.
    res.on("error", () => undefined);
    serve(exchange, req)
      .catch((error: unknown) => {
        const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
        return internalError(500, stack);
      })
      .then((answer) => answer && send(exchange, res, answer))
      .catch(() => res.destroy());
  };

/** `undefined`: the client is gone. */
async function serve(exchange: Exchange, req: IncomingMessage): Promise<Outcome<ApiAnswer> | undefined> {
  const request = await receiveApiRequest(req);
  if (!request?.ok) return request;
  const connection = { sourceIp: sourceIpOf(req.socket), port: req.socket.localPort ?? 0 };
  const call = findCall(exchange.deps.api, request.value, connection);
  if (!call.ok) return call;
  const caller = await admit(exchange.deps, call.value);
  return caller.ok ? integrate(exchange, call.value, caller.value) : caller;
}

function findCall(api: RestApi, request: SignedRequest, connection: Call["connection"]): Outcome<Call> {
  const [whole = ""] = request.target.split("?", 1);
  const name = whole.split("/")[1] ?? "";
  const stage = api.stages.find((one) => one.name === name);
  if (stage === undefined) return forbidden(`${whole} begins with no stage of the API`);
  const path = whole.slice(name.length + 1) || "/";
  const found = findMethod(api.methods, request.method, path);
  if (found === undefined) return missingToken(`the API has no ${request.method} ${path}`);
  const target = parseTarget(request.target);
  if (!target.ok) return badRequest(target.reason);
  return { ok: true, value: { request, stage, path, found, connection } };
}

/** Whose signature it was; nobody's where the method asks for none. */
async function admit(deps: StageDeps, call: Call): Promise<Outcome<Caller | undefined>> {
  const { request, path, found, connection } = call;
  if (found.method.authorization === "NONE") return { ok: true, value: undefined };
  const caller = await deps.authenticate(request);
  if (!caller.ok)
    return caller.error.type === unsigned().error.type ? missingToken("the request is not signed") : caller;
  const { method } = request;
  const { sourceIp } = connection;
  const allowed = deps.authorize(caller.value, { stageArn: stageArn(deps, call), method, path, sourceIp });
  return allowed.ok ? caller : allowed;
}

const stageArn = ({ api, region, accountId }: StageDeps, { stage }: Call): string =>
  `arn:aws:execute-api:${region}:${accountId}:${api.id}/${stage.name}`;

async function integrate(
  exchange: Exchange,
  call: Call,
  caller: Caller | undefined,
): Promise<Outcome<ApiAnswer>> {
  const { deps, ...ids } = exchange;
  const { request, found, connection } = call;
  const { integration, method, path } = found.method;
  if (integration.kind === "mock") return answerMock(request, integration);
  const event = toApiEvent({ ...deps, ...ids, ...call, caller });
  if (!event.ok) return badRequest(event.denial);
  const functionCall = {
    ...{ integration, caller, sourceIp: connection.sourceIp, traceId: ids.traceId },
    ...{ stageArn: stageArn(deps, call), methods: [request.method, method], resourcePath: path },
    event: JSON.stringify(event.value),
    wantsBytes: isBinary(deps.api.binaryMediaTypes, headerOf(request, "accept")),
  };
  return callFunction(functionCall, deps.functions);
}

const headerOf = ({ rawHeaders }: SignedRequest, name: string): string | undefined =>
  rawHeaders.find((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);

/** A mock has a template for JSON alone; of another type API Gateway says 415 or 500. */
function answerMock(
  request: SignedRequest,
  { status, body }: { readonly status: number; readonly body: string },
): Outcome<ApiAnswer> {
  const type = headerOf(request, "content-type") ?? "application/json";
  if (!/^application\/json\s*(;|$)/i.test(type))
    return unsupportedMediaType(`the mock has no template for ${type}`);
  const headers = [["content-type", "application/json"]] as const;
  return { ok: true, value: { status, headers, body: Buffer.from(body) } };
}

function send(exchange: Exchange, res: ServerResponse, outcome: Outcome<ApiAnswer>): void {
  if (!outcome.ok) exchange.deps.log(describe(outcome.error, exchange));
  const answer = outcome.ok ? outcome.value : refusedAnswer(outcome.error);
  const hasNoBody = answer.status === 204 || answer.status === 304;
  const length = hasNoBody ? [] : ["content-length", String(answer.body.length)];
  // A request that was refused before its end is the last one of its connection.
  const close = res.req.complete ? [] : ["connection", "close"];
  res.writeHead(answer.status, [
    ...[...answer.headers, ...apiIdHeaders(exchange)].flat(),
    ...length,
    ...close,
  ]);
  endWithRequest(res, answer.body);
}

const refusedAnswer = (error: AwsError): ApiAnswer => ({
  status: error.status,
  headers: [
    ["content-type", "application/json"],
    ["x-amzn-errortype", error.type],
  ],
  body: Buffer.from(bodyOf(error)),
});

const describe = ({ status, type, message, cause }: AwsError, { requestId }: ApiAnswerIds): string =>
  `${status} ${type}: ${cause ?? message} (request ${requestId})`;
