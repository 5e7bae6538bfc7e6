// A target `{ functionUrl, functionArn }`: a Lambda function URL with AuthType AWS_IAM. Its region is taken from its
// host, or asked for where the host does not tell. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
import { arnParts } from "../core/arn.js";
import type { FunctionUrlTarget } from "../core/model.js";
import { accept, refuse, type Result } from "../core/result.js";
import { partitionFault } from "./aws-partition.js";
import { origin, text } from "./fields.js";
import { agreeOnRegion, faultAt, type SigningEntry, type TargetFault } from "./target-fault.js";

// A function URL hangs on $LATEST or an alias, never on a version number:
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html
const functionArn = text(
  /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(?::(?!\d+$)[A-Za-z0-9_-]{1,128})?$/,
  320,
  "must be the ARN of a Lambda function, with the alias if the URL hangs on one, and no version number",
);

export const functionUrlKeys = {
  functionUrl: origin.exactOptional().describe("A Lambda function URL with AuthType AWS_IAM."),
  functionArn: functionArn
    .exactOptional()
    .describe("With functionUrl: the function it belongs to, with its alias."),
};

interface FunctionUrlEntry extends SigningEntry {
  readonly functionUrl: URL;
  readonly functionArn?: string;
}

export function resolveFunctionUrl(
  entry: FunctionUrlEntry,
): Result<FunctionUrlTarget, readonly TargetFault[]> {
  const { functionUrl: url, functionArn: arn } = entry;
  const regionOfHost = /^[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(url.hostname)?.[1];
  const agreed = agreeOnRegion(entry.region, regionOfHost, "functionUrl");
  const faults = [
    ...(arn === undefined
      ? [faultAt("functionArn", "the session policy names the function that the URL belongs to")]
      : arnFaults(arn, agreed.ok ? agreed.value : undefined)),
    ...(agreed.ok ? [] : [agreed.denial]),
  ];
  if (arn === undefined || !agreed.ok || faults.length > 0) return refuse(faults);
  const { origin: urlOrigin, host } = url;
  const endpoint = { origin: urlOrigin, host, region: agreed.value, service: entry.service ?? "lambda" };
  return accept({ kind: "functionUrl", ...endpoint, functionArn: arn });
}

function arnFaults(arn: string, region: string | undefined): TargetFault[] {
  if (region !== undefined && arnParts(arn).region !== region) {
    return [faultAt("functionArn", `must be in ${region}, the region of functionUrl`)];
  }
  const fault = partitionFault(arn);
  return fault === undefined ? [] : [faultAt("functionArn", fault)];
}
