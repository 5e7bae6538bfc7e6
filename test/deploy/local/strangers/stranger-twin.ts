// Starts the twin on somebody else's template, with an administrator's credentials to call its functions.
import { join } from "node:path";
import { AwsClient } from "aws4fetch";
import { type Aws, startAws } from "../../../../deploy/local/aws/aws.js";

export interface StrangerTwin {
  readonly aws: Aws;
  /** Signs as the administrator. */
  readonly signer: AwsClient;
  /** Of the function whose name has this in it: SAM may give names of its own. */
  url(namePart: string): string;
  close(): Promise<void>;
}

export async function startStrangerTwin(folder: string): Promise<StrangerTwin> {
  const aws = await startAws({
    templateFile: join(__dirname, folder, "template.yaml"),
    port: 0,
    clock: Date.now,
    log: () => undefined,
  });
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri = "", AWS_CONTAINER_AUTHORIZATION_TOKEN: token = "" } =
    aws.taskEnvironment;
  const answer = await fetch(uri, { headers: { authorization: token } });
  const keys = (await answer.json()) as Record<"AccessKeyId" | "SecretAccessKey" | "Token", string>;
  return {
    aws,
    signer: new AwsClient({
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: keys.SecretAccessKey,
      sessionToken: keys.Token,
      service: "lambda",
      region: "eu-west-1",
      retries: 0,
    }),
    url(namePart) {
      const found = [...aws.functionUrls].find(([name]) => name.includes(namePart));
      if (found === undefined) throw new Error(`no URL of a function named ${namePart}`);
      return found[1];
    },
    close: () => aws.close(),
  };
}
