// The credentials that the twin gives under a container's variables, as the AWS SDK's constructors take them.

interface TaskCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

export const credentialsFrom = async (environment: Readonly<Record<string, string>>) => {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI = "", AWS_CONTAINER_AUTHORIZATION_TOKEN = "" } = environment;
  const answer = await fetch(AWS_CONTAINER_CREDENTIALS_FULL_URI, {
    headers: { authorization: AWS_CONTAINER_AUTHORIZATION_TOKEN },
  });
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as TaskCredentials;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
};
