// Session tags and source identity in an ID token's claims. AWS documents the tags in two forms, nested and flattened.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
// A tag has one value: nested it stands in a list of one, flattened as text. Anything else is refused.
import { isJsonObject } from "../../../../server/core/strict-json.js";
import type { Outcome } from "../model.js";
import { checkMember, type Report } from "../query-protocol/check-member.js";
import { constraints } from "./constraints.js";
import { idpRejectedClaim, refused } from "./refusals.js";
import { checkTags, type Tag } from "./session-tags.js";

export interface ClaimedAttributes {
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
}

export type Claims = Readonly<Record<string, unknown>>;

const tagsClaim = "https://aws.amazon.com/tags";
const flatTags = `${tagsClaim}/principal_tags/`;
const flatTransitiveKeys = `${tagsClaim}/transitive_tag_keys`;
const sourceIdentityClaim = "https://aws.amazon.com/source_identity";

export function readClaimedAttributes(claims: Claims): Outcome<ClaimedAttributes> {
  const faults: string[] = [];
  const report: Report = (message) => void faults.push(message);
  const flattened = Object.keys(claims).filter((name) => name.startsWith(`${tagsClaim}/`));
  const isNested = Object.hasOwn(claims, tagsClaim);
  if (isNested && flattened.length > 0) report(`${tagsClaim} stands both nested and flattened`);
  const { tags, transitiveTagKeys } = isNested
    ? readNested(claims[tagsClaim], report)
    : readFlattened(claims, flattened, report);
  tags.forEach(({ key, value }) => {
    checkMember(key, "principal_tags", constraints.TagKey, report);
    checkMember(value, `principal_tags.${key}`, constraints.TagValue, report);
  });
  checkTags(tags, transitiveTagKeys, report);
  const sourceIdentity = readSourceIdentity(claims, report);
  if (faults.length > 0)
    return refused(idpRejectedClaim(`The token's claims are refused: ${faults.join("; ")}`));
  return {
    ok: true,
    value: { tags, transitiveTagKeys, ...(sourceIdentity === undefined ? {} : { sourceIdentity }) },
  };
}

type TagClaims = Pick<ClaimedAttributes, "tags" | "transitiveTagKeys">;

function readNested(claim: unknown, report: Report): TagClaims {
  const {
    principal_tags: byKey = {},
    transitive_tag_keys: keys = [],
    ...rest
  } = readObject(claim, tagsClaim, report);
  for (const name of Object.keys(rest)) report(`${name} is not a member of ${tagsClaim}`);
  const tags = Object.entries(readObject(byKey, "principal_tags", report)).map(([key, values]) => {
    const [value] = readTexts(values, `principal_tags.${key}`, report);
    if (!Array.isArray(values) || values.length !== 1)
      report(`principal_tags.${key} must be a list of one text`);
    return { key, value: value ?? "" };
  });
  return { tags, transitiveTagKeys: readTexts(keys, "transitive_tag_keys", report) };
}

function readFlattened(claims: Claims, names: readonly string[], report: Report): TagClaims {
  const tags = names
    .filter((name) => name !== flatTransitiveKeys)
    .map((name) => {
      const value = claims[name];
      if (!name.startsWith(flatTags)) report(`${name} is not a claim of session tags`);
      if (typeof value !== "string") report(`${name} must be a text`);
      return { key: name.slice(flatTags.length), value: typeof value === "string" ? value : "" };
    });
  const keys = readTexts(claims[flatTransitiveKeys] ?? [], flatTransitiveKeys, report);
  return { tags, transitiveTagKeys: keys };
}

function readSourceIdentity(claims: Claims, report: Report): string | undefined {
  if (!Object.hasOwn(claims, sourceIdentityClaim)) return undefined;
  const value = claims[sourceIdentityClaim];
  const text = typeof value === "string" ? value : undefined;
  checkMember(text, "source_identity", constraints.SourceIdentity, report);
  return text;
}

function readObject(value: unknown, name: string, report: Report): Claims {
  if (isJsonObject(value)) return value;
  report(`${name} must be an object`);
  return {};
}

function readTexts(value: unknown, name: string, report: Report): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  const texts = list.filter((item) => typeof item === "string");
  if (texts.length < list.length) report(`${name} must be a list of texts`);
  return texts;
}
