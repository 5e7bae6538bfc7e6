// A valid entry of `authorizers` -> an Authorizer, with its defaults and its places resolved.
import { resolve } from "node:path";
import { arnParts } from "../core/arn.js";
import type { Authorizer } from "../core/model.js";
import { partitionOf } from "./aws-partition.js";
import { versionOf, type AuthorizerEntry } from "./authorizer-schema.js";

/** `folder`: where a module's path begins. */
export function compileAuthorizer(entry: AuthorizerEntry, folder: string): Authorizer {
  const { name, type, ttlSeconds, simpleResponses, timeout, identitySources, stageVariables } = entry;
  return {
    name,
    issuer: `urn:grantway:authorizer:${name}`,
    source: sourceOf(entry, folder),
    type,
    payloadVersion: versionOf(entry),
    api: identitySources?.[0]?.api ?? "rest",
    identitySources: identitySources?.map(({ from, name: of }) => ({ from, name: of })) ?? [
      { from: "header", name: "authorization" },
    ],
    ttlSeconds,
    simpleResponses,
    stageVariables,
    timeoutMs: timeout,
  };
}

function sourceOf({ lambda, module, endpoint }: AuthorizerEntry, folder: string): Authorizer["source"] {
  if (lambda === undefined) return { kind: "module", file: resolve(folder, module ?? "") };
  const { region } = arnParts(lambda);
  const origin = endpoint?.origin ?? `https://lambda.${region}.${partitionOf(region).domain}`;
  return { kind: "lambda", functionArn: lambda, region, origin };
}
