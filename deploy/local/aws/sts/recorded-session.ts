// What an account can look up of a session that STS gave: in AWS it stands in CloudTrail's event of the AssumeRole call.
// Tags and source identity are in no function's event. Nothing of the credentials but the access key id.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
import type { Caller } from "../model.js";

export interface RecordedSession {
  readonly accessKeyId: string;
  readonly assumedRoleArn: string;
  readonly sourceIdentity?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  /** RFC 3339. */
  readonly issuedAt: string;
  readonly expiration: string;
}

export const recordedSession = (caller: Caller): RecordedSession => ({
  accessKeyId: caller.accessKeyId,
  assumedRoleArn: caller.arn,
  ...(caller.sourceIdentity !== undefined && { sourceIdentity: caller.sourceIdentity }),
  tags: caller.tags,
  transitiveTagKeys: caller.transitiveTagKeys,
  issuedAt: new Date(caller.issuedAt).toISOString(),
  expiration: new Date(caller.expiration).toISOString(),
});
