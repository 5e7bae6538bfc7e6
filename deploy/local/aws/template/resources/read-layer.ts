// AWS::Lambda::LayerVersion (and SAM's) -> the folder that stands in /opt. A layer in S3 or of another account is not
// here, and one that `sam build` would make is not made here: both are refused by name.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-layerversion.html
import { resolve } from "node:path";
import { unsupported, type Report } from "../faults.js";
import { isMembers, type Fields } from "../fields.js";
import type { Resource } from "../resource.js";

export interface ReadLayer {
  readonly arn: string;
  readonly folder: string;
}

export function readLayer(
  fields: Fields,
  arn: string,
  { metadata, path }: Resource,
  site: { readonly templateFolder: string; readonly report: Report },
): ReadLayer {
  fields.text("LayerName", /^[A-Za-z0-9_-]{1,140}$/, "made-up");
  fields.text("Description", /^[^]{0,256}$/, "");
  fields.text("LicenseInfo", /^[^]{0,512}$/, "");
  fields.textsMatching("CompatibleArchitectures", /^(arm64|x86_64)$/, 2);
  fields.textsMatching("CompatibleRuntimes", /^[a-z0-9.-]+$/, 15);
  const isBuilt = isMembers(metadata) && Object.hasOwn(metadata, "BuildMethod");
  if (isBuilt) site.report(`${path}.Metadata.BuildMethod`, `for a layer ${unsupported}`);
  const folder = resolve(site.templateFolder, fields.text("Content", /^(?!.*:\/\/)(?!.*\.(zip|jar)$).+$/));
  fields.end();
  return { arn, folder };
}
