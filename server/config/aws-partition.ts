// AWS's regions and partitions: which one a region is in, under which name its endpoints stand, and where its IAM is. The
// regions of one partition begin alike. https://docs.aws.amazon.com/general/latest/gr/rande.html#view-service-endpoints
import { arnParts } from "../core/arn.js";

export const regionPattern = /^[a-z]{2,8}(?:-[a-z]{2,16}){1,3}-\d{1,2}$/;

interface Partition {
  /** As in an ARN. */
  readonly name: string;
  readonly domain: string;
  /** IAM is one for all regions, and takes signatures for this one. */
  readonly iamRegion: string;
}

const commercial: Partition = { name: "aws", domain: "amazonaws.com", iamRegion: "us-east-1" };
const others: readonly (Partition & { readonly regions: string })[] = [
  { regions: "cn-", name: "aws-cn", domain: "amazonaws.com.cn", iamRegion: "cn-north-1" },
  { regions: "us-gov-", name: "aws-us-gov", domain: "amazonaws.com", iamRegion: "us-gov-west-1" },
  { regions: "eusc-", name: "aws-eusc", domain: "amazonaws.eu", iamRegion: "eusc-de-east-1" },
  { regions: "us-iso-", name: "aws-iso", domain: "c2s.ic.gov", iamRegion: "us-iso-east-1" },
  { regions: "us-isob-", name: "aws-iso-b", domain: "sc2s.sgov.gov", iamRegion: "us-isob-east-1" },
  { regions: "eu-isoe-", name: "aws-iso-e", domain: "cloud.adc-e.uk", iamRegion: "eu-isoe-west-1" },
  { regions: "us-isof-", name: "aws-iso-f", domain: "csp.hci.ic.gov", iamRegion: "us-isof-south-1" },
];

export const partitionOf = (region: string): Partition =>
  others.find(({ regions }) => region.startsWith(regions)) ?? commercial;

/** What is wrong with an ARN whose partition and region do not go together. */
export function partitionFault(arn: string): string | undefined {
  const { partition, region } = arnParts(arn);
  const { name } = partitionOf(region);
  return partition === name ? undefined : `must begin with arn:${name}: in the region ${region}`;
}
