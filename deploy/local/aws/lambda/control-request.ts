// Reads a request of Lambda's control API about versions and aliases: which action, of which function, with what. All
// other actions are refused by name. https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html. Pure.
import { isJsonObject, parseJson, type JsonObject } from "../../../../server/core/strict-json.js";
import type { Outcome, Refused, SignedRequest } from "../model.js";
import { parseTarget } from "../sigv4/parse-target.js";
import { invalid, type InvokeTarget, parameter, type Place, readInvokeTarget } from "./invoke-target.js";
import { refused } from "./refusal.js";
import type { AliasChange, PublishInput } from "./versions.js";

export type ControlRequest = { readonly target: InvokeTarget } & (
  | { readonly action: "PublishVersion"; readonly input: PublishInput }
  | { readonly action: "ListVersionsByFunction"; readonly page: Page }
  | { readonly action: "GetFunctionConfiguration" }
  | { readonly action: "ListAliases"; readonly page: Page; readonly functionVersion?: string }
  | { readonly action: "GetAlias"; readonly alias: string }
  | { readonly action: "UpdateAlias"; readonly alias: string; readonly change: AliasChange }
);

export interface Page {
  readonly marker: number;
  readonly maxItems: number;
}

type Query = Readonly<Record<string, string | string[]>>;

const PATH = /^\/2015-03-31\/functions\/(?<name>[^/]+)(?<rest>\/[^/]+(?:\/[^/]+)?)$/;
const ALIAS = /^(?!\d+$)[\w-]{1,128}$/;
/** Lambda gives at most fifty, however many are asked for. */
const LARGEST_PAGE = 50;

/** Whether a path of Lambda's is for this API and not for Invoke. */
export const isControlPath = (target: string): boolean =>
  !/^\/[^/]+\/functions\/[^/?]+\/(?:response-streaming-)?invocations(?:\?|$)/.test(target);

export const readControlRequest = (request: SignedRequest, place: Place): Outcome<ControlRequest> => {
  const parsed = parseTarget(request.target);
  if (!parsed.ok) return parameter(parsed.reason);
  const { path, query } = parsed.value;
  const { name = "", rest = "" } = PATH.exec(path)?.groups ?? {};
  const [, collection = "", item] = rest.split("/");
  const key = `${request.method} ${collection}${item === undefined ? "" : "/{Name}"}`;
  const read = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
  if (read === undefined) return unknownOperation(request);
  const { Qualifier, ...others } = query;
  const takesQualifier = key === "GET configuration" && Qualifier !== undefined;
  const target = readInvokeTarget(name, takesQualifier ? { Qualifier } : {}, place);
  if (!target.ok) return target;
  if (target.value.qualifier !== undefined && key !== "GET configuration")
    return invalid("functionName", decodeURIComponent(name));
  const rests = takesQualifier ? others : query;
  return read({ target: target.value, item: decodeURIComponent(item ?? ""), query: rests, request });
};

const unknownOperation = ({ method, target }: SignedRequest): Refused =>
  refused(
    404,
    "UnknownOperationException",
    `The local twin's Lambda serves Invoke, InvokeWithResponseStream, PublishVersion, ListVersionsByFunction, GetFunctionConfiguration, GetAlias, ListAliases and UpdateAlias, not ${method} ${target}`,
  );

interface Read {
  readonly target: InvokeTarget;
  readonly item: string;
  readonly query: Query;
  readonly request: SignedRequest;
}

const READERS: Readonly<Record<string, (read: Read) => Outcome<ControlRequest>>> = {
  "POST versions": ({ target, query, request }) => {
    const input = readPublish(query, request.body);
    return input.ok ? { ok: true, value: { action: "PublishVersion", target, input: input.value } } : input;
  },
  "GET versions": ({ target, query }) => {
    const page = readPage(query, []);
    return page.ok
      ? { ok: true, value: { action: "ListVersionsByFunction", target, page: page.value } }
      : page;
  },
  "GET configuration": ({ target, query }) => {
    const fault = findUnknown(Object.keys(query), []);
    return fault ?? { ok: true, value: { action: "GetFunctionConfiguration", target } };
  },
  "GET aliases": ({ target, query }) => {
    const page = readPage(query, ["FunctionVersion"]);
    if (!page.ok) return page;
    const { FunctionVersion: version } = query;
    if (version !== undefined && (typeof version !== "string" || !/^(\$LATEST|\d+)$/.test(version)))
      return invalid("functionVersion", String(version));
    const functionVersion = version === undefined ? {} : { functionVersion: version };
    return { ok: true, value: { action: "ListAliases", target, page: page.value, ...functionVersion } };
  },
  "GET aliases/{Name}": ({ target, item, query }) => {
    const fault = findUnknown(Object.keys(query), []) ?? findAliasFault(item);
    return fault ?? { ok: true, value: { action: "GetAlias", target, alias: item } };
  },
  "PUT aliases/{Name}": ({ target, item, query, request }) => {
    const fault = findUnknown(Object.keys(query), []) ?? findAliasFault(item);
    if (fault !== undefined) return fault;
    const change = readChange(request.body);
    return change.ok
      ? { ok: true, value: { action: "UpdateAlias", target, alias: item, change: change.value } }
      : change;
  },
};

const findUnknown = (names: readonly string[], known: readonly string[]): Refused | undefined => {
  const unknown = names.find((name) => !known.includes(name));
  return unknown === undefined ? undefined : parameter(`${unknown} is not served by the local twin.`);
};

const findAliasFault = (name: string): Refused | undefined =>
  ALIAS.test(name) ? undefined : invalid("name", name);

const readPage = (query: Query, known: readonly string[]): Outcome<Page> => {
  const fault = findUnknown(Object.keys(query), [...known, "Marker", "MaxItems"]);
  if (fault !== undefined) return fault;
  const { Marker: marker = "0", MaxItems: max = String(LARGEST_PAGE) } = query;
  if (typeof marker !== "string" || !/^\d{1,9}$/.test(marker)) return invalid("marker", String(marker));
  if (typeof max !== "string" || !/^[1-9]\d{0,4}$/.test(max) || Number(max) > 10_000)
    return invalid("maxItems", String(max));
  return { ok: true, value: { marker: Number(marker), maxItems: Math.min(Number(max), LARGEST_PAGE) } };
};

const readPublish = (query: Query, body: Buffer): Outcome<PublishInput> => {
  const members = readMembers(body, ["CodeSha256", "Description", "RevisionId"]);
  const fault = findUnknown(Object.keys(query), []);
  if (fault !== undefined) return fault;
  if (!members.ok) return members;
  const { CodeSha256, Description, RevisionId } = members.value;
  for (const [name, value] of Object.entries({ CodeSha256, Description, RevisionId }))
    if (value !== undefined && typeof value !== "string") return invalid(name, JSON.stringify(value));
  if (typeof Description === "string" && Description.length > 256) return invalid("description", Description);
  return {
    ok: true,
    value: {
      ...(typeof CodeSha256 === "string" && CodeSha256 !== "" && { codeSha256: CodeSha256 }),
      ...(typeof Description === "string" && { description: Description }),
      ...(typeof RevisionId === "string" && { revisionId: RevisionId }),
    },
  };
};

const readChange = (body: Buffer): Outcome<AliasChange> => {
  const members = readMembers(body, ["Description", "FunctionVersion", "RevisionId", "RoutingConfig"]);
  if (!members.ok) return members;
  const { Description, FunctionVersion, RevisionId, RoutingConfig } = members.value;
  if (Description !== undefined && (typeof Description !== "string" || Description.length > 256))
    return invalid("description", JSON.stringify(Description));
  if (
    FunctionVersion !== undefined &&
    (typeof FunctionVersion !== "string" || !/^(\$LATEST|\d{1,10})$/.test(FunctionVersion))
  )
    return invalid("functionVersion", JSON.stringify(FunctionVersion));
  if (RevisionId !== undefined && typeof RevisionId !== "string")
    return invalid("revisionId", JSON.stringify(RevisionId));
  const additional = RoutingConfig === undefined ? undefined : readRouting(RoutingConfig);
  if (additional?.ok === false) return additional;
  return {
    ok: true,
    value: {
      ...(FunctionVersion !== undefined && { functionVersion: FunctionVersion }),
      ...(Description !== undefined && { description: Description }),
      ...(RevisionId !== undefined && { revisionId: RevisionId }),
      ...(additional !== undefined && { additional: additional.value }),
    },
  };
};

/** `{ AdditionalVersionWeights: { "8": 0.1 } }`; without one in it, the split ends. */
const readRouting = (routing: unknown): Outcome<NonNullable<AliasChange["additional"]> | null> => {
  const { AdditionalVersionWeights: weights = {}, ...others } = isJsonObject(routing) ? routing : { routing };
  const entries = isJsonObject(weights) ? Object.entries(weights) : [];
  const [entry] = entries;
  if (Object.keys(others).length > 0 || !isJsonObject(weights))
    return invalid("routingConfig", JSON.stringify(routing));
  if (entry === undefined) return { ok: true, value: null };
  const [version, weight] = entry;
  if (entries.length > 1) return parameter("An alias can point at one additional version.");
  if (!/^\d{1,10}$/.test(version)) return invalid("routingConfig.additionalVersionWeights", version);
  if (typeof weight !== "number" || weight < 0 || weight > 1)
    return invalid("routingConfig.additionalVersionWeights", JSON.stringify(weight));
  return { ok: true, value: { version, weight } };
};

const readMembers = (body: Buffer, known: readonly string[]): Outcome<JsonObject> => {
  const value = body.length === 0 ? {} : parseJson(body.toString());
  if (!isJsonObject(value)) return notJson;
  return findUnknown(Object.keys(value), known) ?? { ok: true, value };
};

const notJson: Refused = refused(400, "SerializationException", "The request's body is not a JSON object.");
