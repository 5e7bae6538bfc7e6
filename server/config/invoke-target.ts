// A target `{ invoke: ARN }`: a Lambda function behind the Invoke API, by its version, its alias or as it stands. The
// ARN tells the region. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import { z } from "zod";
import { arnParts } from "../core/arn.js";
import { invokeModes, type InvokeMode, type InvokeTarget } from "../core/model.js";
import type { Expression } from "../core/cel.js";
import { accept, refuse, type Result } from "../core/result.js";
import { partitionFault, partitionOf } from "./aws-partition.js";
import { callVariables, expression, origin, text } from "./fields.js";
import { agreeOnRegion, faultAt, type SigningEntry, type TargetFault } from "./target-fault.js";

const qualifier = String.raw`\$LATEST|[1-9]\d{0,18}|(?!\d+$)[A-Za-z0-9_-]{1,128}`;
const invokeArn = text(
  new RegExp(
    String.raw`^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(?::(?:${qualifier}))?$`,
  ),
  320,
  "must be the whole ARN of a Lambda function, with its version or alias if it is called by one",
);

export const invokeKeys = {
  invoke: invokeArn
    .exactOptional()
    .describe("ARN of a Lambda function called through the Invoke API, with its version or alias if any."),
  mode: z
    .enum(invokeModes)
    .exactOptional()
    .describe("With invoke: how to call. Left out: RequestResponse, which waits for the answer."),
  raw: z
    .boolean()
    .exactOptional()
    .describe("With invoke: true sends the body as the event and gives back the payload as it is."),
  logTail: z
    .boolean()
    .exactOptional()
    .describe("With invoke: true puts the last 4 KB of the function's log into the gateway's."),
  tenantId: expression({ type: "string", variables: callVariables })
    .exactOptional()
    .describe("With invoke: CEL for X-Amz-Tenant-Id, for functions with tenant isolation."),
  endpoint: origin.exactOptional().describe("With invoke: where Lambda's API is, if not at AWS."),
};

interface InvokeEntry extends SigningEntry {
  readonly invoke: string;
  readonly mode?: InvokeMode;
  readonly raw?: boolean;
  readonly logTail?: boolean;
  readonly tenantId?: Expression;
  readonly endpoint?: URL;
}

export function resolveInvoke(entry: InvokeEntry): Result<InvokeTarget, readonly TargetFault[]> {
  const { invoke: functionArn, mode = "RequestResponse", raw = false, logTail = false } = entry;
  const { region: regionOfArn } = arnParts(functionArn);
  const region = agreeOnRegion(entry.region, regionOfArn, "invoke");
  const partition = partitionFault(functionArn);
  const faults = [
    ...(region.ok ? [] : [region.denial]),
    ...(partition === undefined ? [] : [faultAt("invoke", partition)]),
    ...endpointFaults(entry.endpoint, regionOfArn),
    ...logTailFaults(mode, logTail),
  ];
  if (!region.ok || faults.length > 0) return refuse(faults);
  const url = entry.endpoint ?? new URL(`https://lambda.${regionOfArn}.${partitionOf(regionOfArn).domain}`);
  const { service = "lambda", tenantId } = entry;
  return accept({
    kind: "invoke",
    ...{ origin: url.origin, host: url.host, region: region.value, service },
    ...{ functionArn, mode, raw, logTail },
    ...(tenantId && { tenantId }),
  });
}

/** A VPC endpoint's host tells its region as AWS's public one does. */
function endpointFaults(endpoint: URL | undefined, region: string): TargetFault[] {
  const told = /(?:^|\.)lambda(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.|api\.)/.exec(
    endpoint?.hostname ?? "",
  )?.[1];
  if (told === undefined || told === region) return [];
  return [faultAt("endpoint", `must be in ${region}, the region of invoke`)];
}

/** "Applies to synchronously invoked functions only": what runs later, or not at all, has no log to answer with. */
function logTailFaults(mode: InvokeMode, logTail: boolean): TargetFault[] {
  if (!logTail || mode === "RequestResponse" || mode === "ResponseStream") return [];
  return [faultAt("logTail", `does not go with ${mode}: Lambda answers without a log`)];
}
