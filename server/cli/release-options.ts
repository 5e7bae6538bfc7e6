// The options that `release`, `status` and `rollback` share: which alias of which function, and where; and for the two
// that look at gateways, which.
import { accept, refuse, type Result } from "../core/result.js";
import { regionPattern } from "../config/aws-partition.js";
import type { Environment } from "../config/source.js";
import { quoted } from "../core/quoted.js";
import { isHttpUrl } from "./http-url.js";
import type { ReleaseTarget } from "./release-ports.js";

export const aliasOptions = {
  function: { type: "string" },
  alias: { type: "string" },
  region: { type: "string" },
  endpoint: { type: "string" },
  json: { type: "boolean" },
} as const;

export const targetOptions = {
  ...aliasOptions,
  gateway: { type: "string", multiple: true },
  route: { type: "string" },
} as const;

const named = `      --function NAME   The function: its name or its ARN. Needed.
      --alias NAME      Its alias. Needed, unless the ARN ends in it.`;
const watched = `
      --gateway URL     Admin address of a gateway whose 5xx count too. May be repeated.
      --route NAME      The route on it that calls the alias. Needed with --gateway.`;
const placed = `
      --region REGION   Else the ARN's, else AWS_REGION, else AWS_DEFAULT_REGION.
      --endpoint URL    In place of AWS: the local twin's.
      --json            One line of JSON for each event.`;

export const aliasUsage = named + placed;
export const targetUsage = named + watched + placed;

interface Given {
  readonly function?: string | undefined;
  readonly alias?: string | undefined;
  readonly gateway?: readonly string[] | undefined;
  readonly route?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
}

const FUNCTION =
  /^(?:arn:aws[\w-]*:lambda:(?<region>[a-z0-9-]+):\d{12}:function:)?(?<name>[\w-]{1,64})(?::(?<alias>(?!\d+$)[\w-]{1,128}))?$/;

export function readTarget(given: Given, env: Environment): Result<ReleaseTarget, string> {
  if (given.function === undefined) return refuse("--function is missing");
  const named = FUNCTION.exec(given.function)?.groups;
  if (named?.name === undefined) return refuse("--function takes a function's name or ARN");
  const alias = given.alias ?? named.alias;
  if (alias === undefined) return refuse("--alias is missing");
  if (!/^(?!\d+$)[\w-]{1,128}$/.test(alias))
    return refuse("--alias takes an alias's name, which is no number");
  if (named.alias !== undefined && named.alias !== alias)
    return refuse("--alias and the end of the ARN are not the same");
  const region = readRegion(given.region, named.region, env);
  if (!region.ok) return region;
  const gateways = readGateways(given);
  if (!gateways.ok) return gateways;
  if (given.endpoint !== undefined && !isHttpUrl(given.endpoint)) return refuse("--endpoint takes a URL");
  const { name } = named;
  // Of an ARN its account counts too.
  const functionName = named.region === undefined ? name : given.function.split(":").slice(0, 7).join(":");
  const endpoint = given.endpoint === undefined ? {} : { endpoint: given.endpoint };
  return accept({ name, functionName, alias, region: region.value, ...endpoint, gateways: gateways.value });
}

function readRegion(
  given: string | undefined,
  ofArn: string | undefined,
  { AWS_REGION, AWS_DEFAULT_REGION }: Environment,
): Result<string, string> {
  if (given !== undefined && ofArn !== undefined && given !== ofArn)
    return refuse("--region and the ARN's region are not the same");
  const places = { "--region": given, "the ARN's": ofArn, AWS_REGION, AWS_DEFAULT_REGION };
  for (const [place, region] of Object.entries(places)) {
    if (region === undefined) continue;
    if (regionPattern.test(region)) return accept(region);
    return refuse(`${place} ${quoted(region)} is no region: one is such as eu-west-1`);
  }
  return refuse("--region is missing: a region such as eu-west-1");
}

function readGateways({ gateway = [], route }: Given): Result<ReleaseTarget["gateways"], string> {
  if (gateway.length === 0)
    return route === undefined ? accept([]) : refuse("--route says nothing without --gateway");
  if (route === undefined) return refuse("--route is missing: the name of the route that calls the alias");
  if (!gateway.every(isHttpUrl)) return refuse("--gateway takes the URL of a gateway's admin listener");
  return accept(gateway.map((url) => ({ url, route })));
}
