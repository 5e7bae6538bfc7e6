// The parts of an ARN: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
// Takes apart what was checked elsewhere; decides about none of it.

export interface ArnParts {
  readonly partition: string;
  readonly service: string;
  /** Empty where the service has no regions (IAM). */
  readonly region: string;
  readonly accountId: string;
  /** All that follows: it may hold colons of its own. */
  readonly resource: string;
}

/** Parts that are missing are empty. */
export function arnParts(arn: string): ArnParts {
  const [, partition = "", service = "", region = "", accountId = "", ...resource] = arn.split(":");
  return { partition, service, region, accountId, resource: resource.join(":") };
}
