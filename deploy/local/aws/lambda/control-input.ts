// What a request of Lambda's control API carries beside its path: a page of a list, what to publish, how to change an
// alias. A member or parameter that is not known is refused by name. Pure.
import { isJsonObject, parseJson, type JsonObject } from "../../../../server/core/strict-json.js";
import type { Outcome, Refused } from "../model.js";
import { invalid, parameter } from "./invoke-target.js";
import { refused } from "./refusal.js";
import type { AliasChange, PublishInput } from "./versions.js";

export interface Page {
  readonly marker: number;
  readonly maxItems: number;
}

export type Query = Readonly<Record<string, string | string[]>>;

/** Lambda gives at most fifty, however many are asked for. */
export const LARGEST_PAGE = 50;

export const findUnknown = (names: readonly string[], known: readonly string[]): Refused | undefined => {
  const unknown = names.find((name) => !known.includes(name));
  return unknown === undefined ? undefined : parameter(`${unknown} is not served by the local twin.`);
};

export const readPage = (query: Query, known: readonly string[]): Outcome<Page> => {
  const fault = findUnknown(Object.keys(query), [...known, "Marker", "MaxItems"]);
  if (fault !== undefined) return fault;
  const { Marker: marker = "0", MaxItems: max = String(LARGEST_PAGE) } = query;
  if (typeof marker !== "string" || !/^\d{1,9}$/.test(marker)) return invalid("marker", String(marker));
  if (typeof max !== "string" || !/^[1-9]\d{0,4}$/.test(max) || Number(max) > 10_000)
    return invalid("maxItems", String(max));
  return { ok: true, value: { marker: Number(marker), maxItems: Math.min(Number(max), LARGEST_PAGE) } };
};

export const readPublish = (query: Query, body: Buffer): Outcome<PublishInput> => {
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

export const readChange = (body: Buffer): Outcome<AliasChange> => {
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
