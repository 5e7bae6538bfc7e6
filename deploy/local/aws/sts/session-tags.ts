// Session tags, and which of them go on to the sessions that the session makes: TransitiveTagKeys.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_know
import { checkMember, type Report } from "../query-protocol/check-member.js";
import { constraints } from "./constraints.js";
import type { ParameterReader } from "../query-protocol/query-request.js";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export const maxTags = 50;

export function readTags(parameters: ParameterReader, report: Report): Tag[] {
  return parameters.members("Tags", ".Key").map((n) => {
    const key = parameters.take(`Tags.member.${n}.Key`);
    const value = parameters.take(`Tags.member.${n}.Value`);
    checkMember(key, `tags.${n}.member.key`, constraints.TagKey, report);
    checkMember(value, `tags.${n}.member.value`, constraints.TagValue, report);
    return { key: key ?? "", value: value ?? "" };
  });
}

export function readTransitiveTagKeys(parameters: ParameterReader, report: Report): string[] {
  return parameters.members("TransitiveTagKeys", "").map((n) => {
    const key = parameters.take(`TransitiveTagKeys.member.${n}`);
    checkMember(key, `transitiveTagKeys.${n}.member`, constraints.TagKey, report);
    return key ?? "";
  });
}

export function checkTags(tags: readonly Tag[], transitiveTagKeys: readonly string[], report: Report): void {
  const keys = tags.map(({ key }) => key.toLowerCase());
  if (tags.length > maxTags) report(`tags has more than ${maxTags} members`);
  if (transitiveTagKeys.length > maxTags) report(`transitiveTagKeys has more than ${maxTags} members`);
  if (new Set(keys).size !== keys.length) {
    report("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  if (keys.some((key) => key.startsWith("aws:"))) report("Tag keys that begin with aws: are reserved.");
  if (new Set(transitiveTagKeys).size !== transitiveTagKeys.length) {
    report("Duplicate transitive tag keys found.");
  }
  for (const key of transitiveTagKeys) {
    const isTag = tags.some((tag) => tag.key === key);
    if (!isTag) report(`The specified transitive tag key ${key} must be included in the requested tags.`);
  }
}
