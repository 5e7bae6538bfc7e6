// The twin's STS on a socket, called by the AWS SDK with the credentials of a session of the role `gateway`.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { STSClient } from "@aws-sdk/client-sts";
import type { Caller, Role, Template } from "../../../../deploy/local/aws/model.js";
import {
  createSessions,
  type Sessions,
  type SessionSettings,
} from "../../../../deploy/local/aws/sessions.js";
import { createVerifier } from "../../../../deploy/local/aws/sigv4/verify-request.js";
import { createSts, type Sts, type StsFault } from "../../../../deploy/local/aws/sts/create-sts.js";
import { now, policy, roleArn, sampleRole, templateOf, type StatementJson } from "../iam/sample-caller.js";

export interface LocalSts {
  readonly sts: Sts;
  readonly sessions: Sessions;
  readonly url: string;
  /** What the twin said to the person at the keyboard. */
  readonly lines: readonly string[];
  /** Credentials of a new session of the role `gateway`. */
  mint(settings?: Partial<SessionSettings>): Caller;
  client(caller: Caller): STSClient;
  close(): void;
}

const anything: StatementJson = { Action: "sts:*", Resource: "*" };

/** `gateway` may do everything in STS; `analyst` trusts it with `trust`. */
export const gatewayRole = (...statements: readonly StatementJson[]): Role =>
  sampleRole("gateway", {
    policies: [
      { name: "p", document: policy("identity", ...(statements.length > 0 ? statements : [anything])) },
    ],
  });

export const trusted = (changes: Partial<StatementJson> = {}): StatementJson => ({
  Principal: { AWS: roleArn("gateway") },
  Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
  ...changes,
});

export const analystRole = (...statements: readonly StatementJson[]): Role =>
  sampleRole("analyst", {
    trustPolicy: policy("trust", ...(statements.length > 0 ? statements : [trusted()])),
    maxSessionDurationSeconds: 7200,
  });

export interface LocalStsOptions {
  /** The first one is the caller's. */
  readonly roles?: readonly Role[];
  readonly template?: Partial<Template>;
  readonly fault?: () => StsFault | undefined;
  readonly clock?: () => number;
  readonly explain?: boolean;
}

export async function startLocalSts(options: LocalStsOptions = {}): Promise<LocalSts> {
  const { roles = [gatewayRole(), analystRole()], fault, clock = () => now, explain = false } = options;
  const sessions = createSessions({ clock });
  const template = { ...templateOf(...roles), ...options.template };
  const lines: string[] = [];
  const sts = createSts({
    template,
    sessions,
    clock,
    verify: createVerifier({ sessions, clock, region: "eu-west-1" }),
    log: (line) => void lines.push(line),
    explain,
    ...(fault === undefined ? {} : { fault }),
  });
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url: target = "", rawHeaders } = incoming;
      void sts.handle({ method, target, rawHeaders, body: Buffer.concat(chunks) }).then((answer) => {
        if (answer === undefined) response.destroy();
        else response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    sts,
    sessions,
    url,
    lines,
    mint: (settings = {}) =>
      sessions.mint(roles[0] ?? gatewayRole(), { sessionName: "task", durationSeconds: 3600, ...settings }),
    client: ({ accessKeyId, secretAccessKey, sessionToken }) =>
      new STSClient({
        endpoint: url,
        region: "eu-west-1",
        credentials: { accessKeyId, secretAccessKey, sessionToken },
        maxAttempts: 1,
        // The twin's clock stands still; the SDK's is moved onto it.
        systemClockOffset: clock() - Date.now(),
      }),
    close: () => {
      sts.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
