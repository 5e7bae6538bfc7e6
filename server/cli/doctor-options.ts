// The options of `grantway doctor`, checked before anything is asked.
import { accept, refuse, type Result } from "../core/result.js";
import { isRoleArn } from "../core/role-arn.js";
import type { ProbeValues } from "../doctor/probe.js";
import { isHttpUrl } from "./http-url.js";

export const doctorOptions = {
  config: { type: "string" },
  route: { type: "string" },
  endpoint: { type: "string" },
  "reader-profile": { type: "string" },
  "gateway-role": { type: "string" },
  "role-arn": { type: "string" },
  tag: { type: "string", multiple: true },
  "source-identity": { type: "string" },
  "load-balancer": { type: "string" },
  fly: { type: "string" },
  env: { type: "string", multiple: true },
  json: { type: "boolean" },
} as const;

interface Given {
  readonly route?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly "reader-profile"?: string | undefined;
  readonly "gateway-role"?: string | undefined;
  readonly "role-arn"?: string | undefined;
  readonly tag?: readonly string[] | undefined;
  readonly "source-identity"?: string | undefined;
  readonly "load-balancer"?: string | undefined;
}

export interface DoctorAsked {
  readonly endpoint?: string;
  readonly readerProfile?: string;
  readonly gatewayRole?: string;
  readonly roleArn?: string;
  readonly loadBalancer?: string;
  readonly values: Partial<ProbeValues>;
}

export function readAsked(given: Given): Result<DoctorAsked, string> {
  const { endpoint, "reader-profile": readerProfile, "load-balancer": loadBalancer } = given;
  const { "gateway-role": gatewayRole, "role-arn": roleArn, "source-identity": sourceIdentity } = given;
  if (endpoint !== undefined && !isHttpUrl(endpoint)) return refuse("--endpoint takes a URL");
  if (gatewayRole !== undefined && !isRoleArn(gatewayRole))
    return refuse("--gateway-role takes a role's ARN");
  if (roleArn !== undefined && !isRoleArn(roleArn)) return refuse("--role-arn takes a role's ARN");
  if (loadBalancer !== undefined && !/^arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:/.test(loadBalancer))
    return refuse("--load-balancer takes a load balancer's ARN");
  if (sourceIdentity !== undefined && !/^[\w+=,.@-]{2,64}$/.test(sourceIdentity))
    return refuse("--source-identity takes 2 to 64 letters, digits and + = , . @ - _");
  const tags = readTags(given.tag ?? []);
  if (!tags.ok) return tags;
  return accept({
    ...(endpoint !== undefined && { endpoint }),
    ...(readerProfile !== undefined && { readerProfile }),
    ...(gatewayRole !== undefined && { gatewayRole }),
    ...(roleArn !== undefined && { roleArn }),
    ...(loadBalancer !== undefined && { loadBalancer }),
    values: { tags: tags.value, ...(sourceIdentity !== undefined && { sourceIdentity }) },
  });
}

function readTags(pairs: readonly string[]): Result<Readonly<Record<string, string>>, string> {
  const tags: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1 || pair.length - at > 257) return refuse("--tag takes KEY=VALUE");
    tags[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return accept(tags);
}
