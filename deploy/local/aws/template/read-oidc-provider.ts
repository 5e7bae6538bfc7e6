// AWS::IAM::OIDCProvider -> OidcProvider: an issuer whose tokens AssumeRoleWithWebIdentity takes.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
import type { OidcProvider } from "../model.js";
import type { Report } from "./faults.js";
import type { Fields } from "./fields.js";
import { readTags } from "./read-tags.js";

export function readOidcProvider(fields: Fields, arn: string, report: Report): OidcProvider {
  const provider = {
    arn,
    url: fields.text("Url", /^https:\/\/[a-z0-9.-]+(:\d{1,5})?(\/[^?#\s]*)?$/i),
    clientIds: fields.textsMatching("ClientIdList", /^\S{1,255}$/, 100),
  };
  if (provider.url.length > 255) fields.fault("Url", "is longer than 255 characters");
  // IAM trusts the usual authorities where none is given; the twin never dials out, so it compares none.
  fields.textsMatching("ThumbprintList", /^[0-9A-Fa-f]{40}$/, 5);
  if (fields.has("Tags")) readTags(fields, report);
  fields.end();
  return provider;
}
