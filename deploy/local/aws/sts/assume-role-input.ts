// The parameters of AssumeRole.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
// ProvidedContexts and whatever else is not read here is refused by name.
import type { ManagedPolicy, Outcome } from "../model.js";
import type { Parameters } from "../query-protocol/query-request.js";
import { readSessionRequest, type SessionRequest } from "./session-request.js";
import { checkTags, readTags, readTransitiveTagKeys, type Tag } from "./session-tags.js";

export interface AssumeRoleInput extends SessionRequest {
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly serialNumber?: string;
  readonly tokenCode?: string;
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
}

export const readAssumeRoleInput = (
  parameters: Parameters,
  managedPolicies: readonly ManagedPolicy[],
): Outcome<AssumeRoleInput> =>
  readSessionRequest(parameters, managedPolicies, ({ optional }, reader, report) => {
    const externalId = optional("ExternalId");
    const sourceIdentity = optional("SourceIdentity");
    const serialNumber = optional("SerialNumber");
    const tokenCode = optional("TokenCode");
    const tags = readTags(reader, report);
    const transitiveTagKeys = readTransitiveTagKeys(reader, report);
    checkTags(tags, transitiveTagKeys, report);
    return {
      ...(externalId === undefined ? {} : { externalId }),
      ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      ...(serialNumber === undefined ? {} : { serialNumber }),
      ...(tokenCode === undefined ? {} : { tokenCode }),
      tags,
      transitiveTagKeys,
    };
  });
