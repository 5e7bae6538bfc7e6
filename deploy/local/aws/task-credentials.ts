// What the ECS agent gives a task: the credentials of its role, on loopback, behind a token that only the task has.
// A person's shell can be given another role's in the same way, under another path.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../../server/ports.js";
import { jsonAnswer, type JsonAnswer } from "./json-answer.js";
import type { Caller, Role } from "./model.js";
import type { Sessions } from "./sessions.js";

export interface TaskCredentials {
  readonly path: string;
  answer(authorization: string | undefined): JsonAnswer;
  /** The variables an AWS SDK finds this endpoint by. */
  environment(endpoint: string): Readonly<Record<string, string>>;
}

/** ECS renews a task's credentials long before their end; SDKs ask again when five minutes are left. */
const durationSeconds = 6 * 3600;
const renewBeforeMs = 30 * 60 * 1000;

export interface TaskCredentialsSettings {
  readonly role: Role;
  readonly sessions: Sessions;
  readonly clock: Clock;
  /** Each identity has a path of its own, and a token that opens no other. */
  readonly path?: string;
  readonly sessionName?: string;
}

export function createTaskCredentials(settings: TaskCredentialsSettings): TaskCredentials {
  const { role, sessions, clock, path = "/task-credentials", sessionName = "local-task" } = settings;
  const token = randomBytes(32).toString("base64url");
  let current: Caller | undefined;

  const credentials = (): Caller => {
    const known = current && sessions.find(current.accessKeyId);
    if (known && known.expiration - clock() >= renewBeforeMs) return known;
    current = sessions.mint(role, { sessionName, durationSeconds, isOfService: true });
    return current;
  };

  return {
    path,
    answer: (authorization) =>
      isEqual(authorization ?? "", token)
        ? jsonAnswer(200, credentialsBody(credentials()))
        : jsonAnswer(403, { code: "AccessDeniedException", message: "The task's own token is needed." }),
    environment: (endpoint) => ({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}${path}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
    }),
  };
}

const credentialsBody = ({ role, accessKeyId, secretAccessKey, sessionToken, expiration }: Caller) => ({
  RoleArn: role.arn,
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
  Token: sessionToken,
  Expiration: new Date(expiration).toISOString(),
});

const isEqual = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
