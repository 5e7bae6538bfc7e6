// A route's `target`: the AWS endpoint behind it. A function URL's region and service are taken from its host, or
// asked for where the host does not tell. The other two kinds of target are known here but not yet served.
import { z } from "zod";
import type { Target } from "../core/model.js";
import { origin, region, text } from "./fields.js";

// A function URL hangs on $LATEST or an alias, never on a version number:
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html
const functionArn = text(
  /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(?::(?!\d+$)[A-Za-z0-9_-]{1,128})?$/,
  320,
  "must be the ARN of a Lambda function, with the alias if the URL hangs on one, and no version number",
);

const targetShape = z.strictObject({
  functionUrl: origin.exactOptional().describe("A Lambda function URL with AuthType AWS_IAM."),
  functionArn: functionArn
    .exactOptional()
    .describe("With functionUrl: the function it belongs to, with its alias."),
  executeApi: z.string().exactOptional().describe("A stage of an API Gateway API with IAM authorization."),
  invoke: z.string().exactOptional().describe("ARN of a Lambda function called through the Invoke API."),
  mode: z
    .enum(["RequestResponse", "Event", "DryRun", "ResponseStream"])
    .exactOptional()
    .describe("With invoke: how to call."),
  endpoint: origin.exactOptional().describe("With invoke: where Lambda's API is, if not at AWS."),
  region: region.exactOptional().describe("Signing region; needed where the host does not tell."),
  service: text(/^[a-z0-9-]+$/, 64, "must be a SigV4 service name such as lambda")
    .exactOptional()
    .describe("Signing service; the default follows from the kind of target."),
});
type TargetEntry = z.output<typeof targetShape>;

const kinds = ["functionUrl", "executeApi", "invoke"] as const;

export const targetSchema = targetShape.transform(resolveTarget).meta({
  oneOf: [
    { required: ["functionUrl", "functionArn"] },
    { required: ["executeApi"] },
    { required: ["invoke"] },
  ],
});

function resolveTarget(entry: TargetEntry, context: z.RefinementCtx): Target {
  const fault = (key: keyof TargetEntry | undefined, message: string) => {
    context.addIssue({ code: "custom", path: key === undefined ? [] : [key], message });
    return z.NEVER;
  };
  const given = kinds.filter((kind) => entry[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) return fault(undefined, `must have one of ${kinds.join(", ")}`);
  if (kind !== "functionUrl")
    return fault(kind, "targets of this kind are not supported yet; use functionUrl");
  for (const key of ["mode", "endpoint"] as const) {
    if (entry[key] !== undefined) return fault(key, "belongs to invoke");
  }
  return resolveFunctionUrl(entry, fault);
}

type AddFault = (key: keyof TargetEntry | undefined, message: string) => never;

function resolveFunctionUrl(entry: TargetEntry, fault: AddFault): Target {
  const { functionUrl: url, functionArn: arn } = entry;
  if (url === undefined || arn === undefined) {
    return fault("functionArn", "the session policy names the function that the URL belongs to");
  }
  const regionOfHost = /^[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(url.hostname)?.[1];
  const signingRegion = entry.region ?? regionOfHost;
  if (signingRegion === undefined) return fault("region", "the host of functionUrl does not tell it");
  if (regionOfHost !== undefined && signingRegion !== regionOfHost) {
    return fault("region", `must be ${regionOfHost}, the region of functionUrl, or be left out`);
  }
  if (arn.split(":")[3] !== signingRegion) {
    return fault("functionArn", `must be in ${signingRegion}, the region of functionUrl`);
  }
  const service = entry.service ?? "lambda";
  return {
    kind: "functionUrl",
    origin: url.origin,
    host: url.host,
    functionArn: arn,
    region: signingRegion,
    service,
  };
}
