// AWS::IAM::OIDCProvider -> OidcProvider: an issuer whose tokens AssumeRoleWithWebIdentity takes.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
// Looser than IAM: an issuer on loopback may do without TLS, since the twin asks no other for its keys.
import { isLoopbackHost } from "../../../../../server/core/loopback.js";
import type { OidcProvider } from "../../model.js";
import type { Report } from "../faults.js";
import type { Fields } from "../fields.js";
import { readTags } from "./read-tags.js";

export function readOidcProvider(fields: Fields, arn: string, report: Report): OidcProvider {
  const provider = {
    arn,
    url: fields.text("Url", /^https?:\/\/([a-z0-9.-]+|\[::1\])(:\d{1,5})?(\/[^?#\s]*)?$/i),
    clientIds: fields.textsMatching("ClientIdList", /^\S{1,255}$/, 100),
  };
  const url = URL.canParse(provider.url) ? new URL(provider.url) : undefined;
  if (url === undefined && provider.url !== "") fields.fault("Url", `${provider.url} is not a URL`);
  if (url?.protocol === "http:" && !isLoopbackHost(url.hostname))
    fields.fault("Url", "must begin with https, but for an issuer on this machine");
  if (provider.url.length > 255) fields.fault("Url", "is longer than 255 characters");
  // IAM trusts the usual authorities where none is given; the twin never dials out, so it compares none.
  fields.textsMatching("ThumbprintList", /^[0-9A-Fa-f]{40}$/, 5);
  if (fields.has("Tags")) readTags(fields, report);
  fields.end();
  return provider;
}
