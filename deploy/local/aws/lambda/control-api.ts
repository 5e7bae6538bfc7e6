// Lambda's control API for versions and aliases, and what may be read of a function beside them: signature, permission,
// existence, then what is asked for. https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
// Functions are made by the template alone.
import type { ServerResponse } from "node:http";
import type { Clock } from "../../../../server/ports.js";
import type { Caller, FunctionDefinition, Outcome, Refused, SignedRequest } from "../model.js";
import { sourceIpOf } from "../source-ip.js";
import type { DeployedFunction } from "./deployed-function.js";
import { aliasDocument, configurationDocument } from "./control-documents.js";
import { type FunctionUrls, policyDocument, urlDocument } from "./access-documents.js";
import type { Page } from "./control-input.js";
import { type ControlRequest, readControlRequest } from "./control-request.js";
import type { LambdaLogEntry, RequestHandler } from "./function-url.js";
import { functionNotFound, type Place } from "./invoke-target.js";
import { receiveRequest } from "./receive-request.js";
import {
  type AnswerIds,
  breakOff,
  describeRefusal,
  idHeaders,
  newAnswerIds,
  refused,
  sendRefusal,
} from "./refusal.js";

export interface ControlApiSettings {
  readonly authenticate: (request: SignedRequest) => Promise<Outcome<Caller>>;
  /** Every one of the resources must be allowed. */
  readonly authorizeAction: (
    caller: Caller,
    action: string,
    resources: readonly string[],
    sourceIp: string,
  ) => Outcome<void>;
  readonly place: Place;
  readonly urls: FunctionUrls;
}

type ControlledFunction = Pick<DeployedFunction, "definition" | "versions" | "publish">;

export interface ControlApiDeps extends ControlApiSettings {
  readonly functions: readonly ControlledFunction[];
  readonly clock: Clock;
  readonly log: (entry: LambdaLogEntry) => void;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

export const createControlApi =
  (deps: ControlApiDeps): RequestHandler =>
  (req, res) => {
    const ids = newAnswerIds(deps.clock());
    const say = (message: string): void =>
      deps.log({ level: "error", functionName: "Lambda", requestId: ids.requestId, message });
    res.on("error", () => undefined);
    receiveRequest(req)
      .then(async (received) => {
        if (received === undefined) return;
        const reply = received.ok ? await answer(deps, received.value, sourceIpOf(req.socket)) : received;
        if (reply.ok) {
          sendReply(res, ids, reply.value);
          return;
        }
        say(describeRefusal(reply.error, ids));
        sendRefusal(res, ids, reply.error);
      })
      .catch((error: unknown) => {
        say(error instanceof Error ? (error.stack ?? error.message) : String(error));
        if (res.headersSent) breakOff(res);
        else sendRefusal(res, ids, { status: 500, type: "ServiceException", message: "Internal failure" });
      });
  };

const sendReply = (res: ServerResponse, ids: AnswerIds, { status, body }: Reply): void => {
  const text = JSON.stringify(body);
  const headers = [...idHeaders(ids).flat(), "content-type", "application/json"];
  res.writeHead(status, [...headers, "content-length", String(Buffer.byteLength(text))]).end(text);
};

const answer = async (
  { authenticate, authorizeAction, place, functions, urls }: ControlApiDeps,
  signed: SignedRequest,
  sourceIp: string,
): Promise<Outcome<Reply>> => {
  const caller = await authenticate(signed);
  if (!caller.ok) return caller;
  const request = readControlRequest(signed, place);
  if (!request.ok) return request;
  const { action } = request.value;
  const permission = authorizeAction(caller.value, `lambda:${action}`, resourcesOf(request.value), sourceIp);
  if (!permission.ok) return permission;
  const fn = functions.find(({ definition }) => definition.arn === request.value.target.functionArn);
  return fn === undefined ? functionNotFound(request.value.target) : perform(fn, request.value, urls);
};

/**
 * Of an alias AWS asks for the function's ARN, by its service reference; whether a policy that names only the qualified
 * one is enough is not documented, so both must be allowed. So it is with what hangs on an alias.
 */
const resourcesOf = (request: ControlRequest): string[] => {
  const { functionArn, qualifier } = request.target;
  if ("alias" in request) return [functionArn, `${functionArn}:${request.alias}`];
  const hangsOnAlias = request.action === "GetFunctionUrlConfig" || request.action === "GetPolicy";
  if (hangsOnAlias && qualifier !== undefined) return [functionArn, `${functionArn}:${qualifier}`];
  return [qualifier === undefined ? functionArn : `${functionArn}:${qualifier}`];
};

const perform = (fn: ControlledFunction, request: ControlRequest, urls: FunctionUrls): Outcome<Reply> => {
  const { definition, versions } = fn;
  switch (request.action) {
    case "PublishVersion": {
      const published = fn.publish(request.input);
      if (!published.ok) return published;
      return reply(201, configurationDocument(definition, published.value, published.value.version));
    }
    case "UpdateAlias": {
      const alias = versions.updateAlias(request.alias, request.change);
      return alias.ok ? reply(200, aliasDocument(definition, alias.value)) : alias;
    }
    case "GetAlias": {
      const alias = versions.alias(request.alias);
      return alias.ok ? reply(200, aliasDocument(definition, alias.value)) : alias;
    }
    case "GetFunctionConfiguration":
      return describe(fn, request.target.qualifier);
    case "GetFunctionUrlConfig": {
      const { qualifier } = request.target;
      const hangsHere = definition.url !== undefined && definition.url.qualifier === qualifier;
      const document = hangsHere ? urlDocument(definition, urls) : undefined;
      return document === undefined ? noSuchResource() : reply(200, document);
    }
    case "ListFunctionUrlConfigs": {
      const document = urlDocument(definition, urls);
      const documents = document === undefined ? [] : [document];
      return reply(200, page("FunctionUrlConfigs", documents, request.page));
    }
    case "GetPolicy": {
      const document = policyDocument(definition, request.target.qualifier);
      return document === undefined ? noSuchResource() : reply(200, document);
    }
    case "GetFunctionConcurrency": {
      const { reservedConcurrency: reserved } = definition;
      return reply(200, reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved });
    }
    case "ListVersionsByFunction": {
      const documents = versions.all.map((each) => configurationDocument(definition, each, each.version));
      return reply(200, page("Versions", documents, request.page));
    }
    case "ListAliases":
      return reply(200, page("Aliases", aliasesOf(fn, request.functionVersion, definition), request.page));
  }
};

const noSuchResource = (): Refused =>
  refused(404, "ResourceNotFoundException", "The resource you requested does not exist.");

const reply = (status: number, body: object): Outcome<Reply> => ({ ok: true, value: { status, body } });

/** Of an alias, the version it points at first, under the alias's ARN. */
const describe = (
  { definition, versions }: ControlledFunction,
  qualifier: string | undefined,
): Outcome<Reply> => {
  const alias = versions.aliases.find(({ name }) => name === qualifier);
  const version = versions.version(alias?.functionVersion ?? qualifier);
  return version.ok ? reply(200, configurationDocument(definition, version.value, qualifier)) : version;
};

const aliasesOf = (
  { versions }: ControlledFunction,
  functionVersion: string | undefined,
  definition: FunctionDefinition,
): object[] =>
  versions.aliases
    .filter(
      ({ functionVersion: first, additional }) =>
        functionVersion === undefined || [first, additional?.version].includes(functionVersion),
    )
    .map((alias) => aliasDocument(definition, alias));

const page = (name: string, all: readonly object[], { marker, maxItems }: Page): object => {
  const next = marker + maxItems;
  return {
    [name]: all.slice(marker, next),
    ...(next < all.length ? { NextMarker: String(next) } : {}),
  };
};
