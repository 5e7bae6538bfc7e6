// AWS's partitions: which one a region is in, and under which name its endpoints stand. The regions of one partition
// begin alike. https://docs.aws.amazon.com/general/latest/gr/rande.html#view-service-endpoints
import { arnParts } from "../core/arn.js";

interface Partition {
  /** As in an ARN. */
  readonly name: string;
  readonly domain: string;
}

const commercial: Partition = { name: "aws", domain: "amazonaws.com" };
const others: readonly (Partition & { readonly regions: string })[] = [
  { regions: "cn-", name: "aws-cn", domain: "amazonaws.com.cn" },
  { regions: "us-gov-", name: "aws-us-gov", domain: "amazonaws.com" },
  { regions: "eusc-", name: "aws-eusc", domain: "amazonaws.eu" },
  { regions: "us-iso-", name: "aws-iso", domain: "c2s.ic.gov" },
  { regions: "us-isob-", name: "aws-iso-b", domain: "sc2s.sgov.gov" },
  { regions: "eu-isoe-", name: "aws-iso-e", domain: "cloud.adc-e.uk" },
  { regions: "us-isof-", name: "aws-iso-f", domain: "csp.hci.ic.gov" },
];

export const partitionOf = (region: string): Partition =>
  others.find(({ regions }) => region.startsWith(regions)) ?? commercial;

/** What is wrong with an ARN whose partition and region do not go together. */
export function partitionFault(arn: string): string | undefined {
  const { partition, region } = arnParts(arn);
  const { name } = partitionOf(region);
  return partition === name ? undefined : `must begin with arn:${name}: in the region ${region}`;
}
