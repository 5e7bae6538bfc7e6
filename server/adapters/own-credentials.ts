// The gateway's own AWS credentials, found and renewed as the AWS SDK does it for STS: a task's role, a token file, keys.
import { STSClient } from "@aws-sdk/client-sts";

export interface OwnCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Absent for a user's long-term key. */
  readonly sessionToken?: string;
}

/** Rejects where there are none. */
export function createOwnCredentials(sts: {
  readonly region: string;
  readonly endpoint?: string;
}): () => Promise<OwnCredentials> {
  const { region, endpoint } = sts;
  const client = new STSClient({ region, ...(endpoint !== undefined && { endpoint }) });
  return () => client.config.credentials();
}
