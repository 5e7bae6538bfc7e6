// A target `{ executeApi, stageArn }`: a stage of an API Gateway API with IAM authorization, on AWS's own host, behind a
// VPC endpoint's, behind a custom domain, or on this machine. The session policy needs the stage's ARN; AWS's hosts tell
// it. https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
import { z } from "zod";
import { arnParts } from "../core/arn.js";
import type { ExecuteApiTarget } from "../core/model.js";
import { accept, refuse, type Result } from "../core/result.js";
import { partitionFault, partitionOf } from "./aws-partition.js";
import { parseProtectedUrl, text } from "./fields.js";
import { agreeOnRegion, faultAt, type SigningEntry, type TargetFault } from "./target-fault.js";

const stageUrlAllowed =
  "must be an https: URL (http: is accepted for loopback hosts only) whose path, if any, has segments of " +
  "letters, digits, `.`, `_` and `-`: no query, no dot segment";

/** Gives the URL; a slash at the end may be written or left out. */
const stageUrl = z
  .string({ error: stageUrlAllowed })
  .max(2048)
  .refine((value) => isStageUrl(value), { error: stageUrlAllowed })
  .transform((value) => new URL(value));

function isStageUrl(value: string): boolean {
  const path = /^https?:\/\/[^/?#\\]+(.*)$/.exec(value)?.[1];
  // What `URL` would fold away is not to be found in its path any more.
  return (
    path !== undefined &&
    /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)*\/?$/.test(path) &&
    parseProtectedUrl(value) !== undefined
  );
}

const stageName = String.raw`(?:\$default|[A-Za-z0-9_-]{1,128})`;
const stageArn = text(
  new RegExp(String.raw`^arn:aws[a-z-]*:execute-api:[a-z0-9-]+:(?:\d{12}|\*):[a-z0-9]{1,64}\/${stageName}$`),
  320,
  "must be a stage's ARN, such as arn:aws:execute-api:eu-west-1:123456789012:abc123/prod; the account may be *",
);

export const executeApiKeys = {
  executeApi: stageUrl
    .exactOptional()
    .describe(
      "A stage of an API Gateway API with IAM authorization, such as https://abc123.execute-api.eu-west-1.amazonaws.com/prod.",
    ),
  stageArn: stageArn
    .exactOptional()
    .describe("With executeApi: the stage's ARN; needed where the host is not AWS's own."),
};

interface ExecuteApiEntry extends SigningEntry {
  readonly executeApi: URL;
  readonly stageArn?: string;
}

export function resolveExecuteApi(entry: ExecuteApiEntry): Result<ExecuteApiTarget, readonly TargetFault[]> {
  const { executeApi: url } = entry;
  const basePath = url.pathname.replace(/\/$/, "");
  const told = stageToldBy(url.hostname, basePath);
  if (!told.ok) return refuse([faultAt("executeApi", told.denial)]);
  const { stageArn: arn = told.value && arnOf(told.value) } = entry;
  if (arn === undefined) {
    return refuse([faultAt("stageArn", "is needed: the host of executeApi does not tell API and stage")]);
  }
  const region = agreeOnRegion(
    entry.region,
    arnParts(arn).region,
    entry.stageArn ? "stageArn" : "executeApi",
  );
  const faults = [
    ...(told.value ? disagreements(arn, told.value) : []),
    ...(region.ok ? [] : [region.denial]),
  ];
  const partition = partitionFault(arn);
  if (partition !== undefined && faults.length === 0) {
    faults.push(faultAt(entry.stageArn === undefined ? "executeApi" : "stageArn", partition));
  }
  if (!region.ok || faults.length > 0) return refuse(faults);
  const { origin, host } = url;
  const endpoint = { origin, host, region: region.value, service: entry.service ?? "execute-api" };
  return accept({ kind: "executeApi", ...endpoint, basePath, stageArn: arn });
}

interface Stage {
  readonly region: string;
  readonly apiId: string;
  readonly stage: string;
}

const awsHost = /^([a-z0-9]+)(-vpce-[a-z0-9]+)?\.execute-api\.([a-z0-9-]+)\.(amazonaws\.(?:com|com\.cn|eu))$/;
// It leaves the API to be told by a header, which the gateway would have to sign.
const endpointHost = /^vpce-[a-z0-9-]+\.execute-api\.[a-z0-9-]+\.vpce\./;

/** Nothing where the host is none of AWS's. */
function stageToldBy(hostname: string, basePath: string): Result<Stage | undefined, string> {
  if (endpointHost.test(hostname)) {
    return refuse("does not tell the API; write https://API-VPCE.execute-api.REGION.amazonaws.com/STAGE");
  }
  const [, apiId, endpoint, region, domain] = awsHost.exec(hostname) ?? [];
  if (apiId === undefined || region === undefined) return accept(undefined);
  if (domain !== partitionOf(region).domain) {
    return refuse(`must end in ${partitionOf(region).domain} in the region ${region}`);
  }
  const segments = basePath.split("/").slice(1);
  if (segments.length > 1) return refuse("must have the stage as its path's one segment");
  const [stage] = segments;
  if (stage === undefined && endpoint !== undefined) {
    return refuse(
      "must have the stage in its path: only HTTP APIs have a $default stage, and they are public",
    );
  }
  if (stage !== undefined && !new RegExp(`^${stageName}$`).test(stage)) {
    return refuse("must have a stage's name as its path: letters, digits, `_` and `-`");
  }
  return accept({ region, apiId, stage: stage ?? "$default" });
}

/** The host does not tell the account, and an API's id is its own in the region. */
const arnOf = ({ region, apiId, stage }: Stage): string =>
  `arn:${partitionOf(region).name}:execute-api:${region}:*:${apiId}/${stage}`;

function disagreements(arn: string, told: Stage): TargetFault[] {
  const { region, resource } = arnParts(arn);
  const [apiId = "", stage = ""] = resource.split("/");
  const written = { region, apiId, stage };
  const words = { region: "the region", apiId: "the API", stage: "the stage" } as const;
  return (["region", "apiId", "stage"] as const)
    .filter((part) => written[part] !== told[part])
    .map((part) => faultAt("stageArn", `must be of ${told[part]}, ${words[part]} of executeApi`));
}
