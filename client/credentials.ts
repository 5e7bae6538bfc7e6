// A grant as whoever signs with it wants it: AWS's SDKs, which renew by its end, and the signer of the grant door.
import { endOf, type Grant } from "./grant.js";

/** What AWS's SDKs for JavaScript call an AwsCredentialIdentity. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly accountId?: string;
}

export function credentialsOf(grant: Grant): Credentials {
  const accountId = grant.RoleArn.split(":")[4];
  return {
    accessKeyId: grant.AccessKeyId,
    secretAccessKey: grant.SecretAccessKey,
    sessionToken: grant.SessionToken,
    expiration: new Date(endOf(grant)),
    ...(accountId && { accountId }),
  };
}
