// Reads a request of Lambda's control API: which action, of which function, with what. What is not served is refused by
// name. https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html. Pure.
import type { Outcome, Refused, SignedRequest } from "../model.js";
import { parseTarget } from "../sigv4/parse-target.js";
import {
  findUnknown,
  LARGEST_PAGE,
  type Page,
  type Query,
  readChange,
  readPage,
  readPublish,
} from "./control-input.js";
import {
  invalid,
  type InvokeTarget,
  parameter,
  type Place,
  readInvokeTarget,
  unknownOperation,
} from "./invoke-target.js";
import type { AliasChange, PublishInput } from "./versions.js";

export type ControlRequest = { readonly target: InvokeTarget } & (
  | { readonly action: "PublishVersion"; readonly input: PublishInput }
  | { readonly action: "ListVersionsByFunction"; readonly page: Page }
  | { readonly action: "GetFunctionConfiguration" }
  | { readonly action: "GetFunctionUrlConfig" }
  | { readonly action: "ListFunctionUrlConfigs"; readonly page: Page }
  | { readonly action: "GetPolicy" }
  | { readonly action: "GetFunctionConcurrency" }
  | { readonly action: "ListAliases"; readonly page: Page; readonly functionVersion?: string }
  | { readonly action: "GetAlias"; readonly alias: string }
  | { readonly action: "UpdateAlias"; readonly alias: string; readonly change: AliasChange }
);

const PATH = /^\/(?<date>\d{4}-\d\d-\d\d)\/functions\/(?<name>[^/]+)(?<rest>\/[^/]+(?:\/[^/]+)?)$/;
/** Each part of the API has kept the date it came with. */
const DATES: Readonly<Record<string, string>> = {
  concurrency: "2019-09-30",
  url: "2021-10-31",
  urls: "2021-10-31",
};
const FIRST_DATE = "2015-03-31";
const WITH_QUALIFIER = ["GET configuration", "GET url", "GET policy"];
const ALIAS = /^(?!\d+$)[\w-]{1,128}$/;

/** Whether a path of Lambda's is for this API and not for Invoke. */
export const isControlPath = (target: string): boolean =>
  !/^\/[^/]+\/functions\/[^/?]+\/(?:response-streaming-)?invocations(?:\?|$)/.test(target);

export const readControlRequest = (request: SignedRequest, place: Place): Outcome<ControlRequest> => {
  const parsed = parseTarget(request.target);
  if (!parsed.ok) return parameter(parsed.reason);
  const { path, query } = parsed.value;
  const { date, name = "", rest = "" } = PATH.exec(path)?.groups ?? {};
  const [, collection = "", item] = rest.split("/");
  const key = `${request.method} ${collection}${item === undefined ? "" : "/{Name}"}`;
  const read = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
  const dated = Object.hasOwn(DATES, collection) ? DATES[collection] : FIRST_DATE;
  if (read === undefined || date !== dated) return unknownOperation(request);
  const { Qualifier, ...others } = query;
  const mayBeQualified = WITH_QUALIFIER.includes(key);
  const takesQualifier = mayBeQualified && Qualifier !== undefined;
  const target = readInvokeTarget(name, takesQualifier ? { Qualifier } : {}, place);
  if (!target.ok) return target;
  if (target.value.qualifier !== undefined && !mayBeQualified)
    return invalid("functionName", decodeURIComponent(name));
  const rests = takesQualifier ? others : query;
  return read({ target: target.value, item: decodeURIComponent(item ?? ""), query: rests, request });
};

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
  "GET url": ({ target, query }) => {
    // A URL hangs on a function or an alias.
    if (target.qualifier !== undefined && !ALIAS.test(target.qualifier))
      return invalid("qualifier", target.qualifier);
    const fault = findUnknown(Object.keys(query), []);
    return fault ?? { ok: true, value: { action: "GetFunctionUrlConfig", target } };
  },
  "GET urls": ({ target, query }) => {
    const page = readPage(query, []);
    // Here Lambda's model has fifty for the most that may be asked for.
    if (page.ok && Number(query.MaxItems ?? 0) > LARGEST_PAGE)
      return invalid("maxItems", String(query.MaxItems));
    return page.ok
      ? { ok: true, value: { action: "ListFunctionUrlConfigs", target, page: page.value } }
      : page;
  },
  "GET policy": ({ target, query }) => {
    const fault = findUnknown(Object.keys(query), []);
    return fault ?? { ok: true, value: { action: "GetPolicy", target } };
  },
  "GET concurrency": ({ target, query }) => {
    const fault = findUnknown(Object.keys(query), []);
    return fault ?? { ok: true, value: { action: "GetFunctionConcurrency", target } };
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

const findAliasFault = (name: string): Refused | undefined =>
  ALIAS.test(name) ? undefined : invalid("name", name);
