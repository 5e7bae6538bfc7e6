// SQS behind a real socket, for the AWS SDK: a caller whose role's policy is the test's say.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { QueueDefinition } from "../../../../deploy/local/aws/model.js";
import { createSessions } from "../../../../deploy/local/aws/sessions.js";
import { createVerifier } from "../../../../deploy/local/aws/sigv4/verify-request.js";
import { createSqs } from "../../../../deploy/local/aws/sqs/create-sqs.js";
import { after } from "../../../../deploy/local/aws/timer.js";
import { receiveRequest } from "../../../../deploy/local/aws/lambda/receive-request.js";
import { policy, sampleRole, type StatementJson } from "../iam/sample-caller.js";

export interface SqsHarness {
  readonly endpoint: string;
  readonly warnings: readonly string[];
  readonly urlOf: (name: string) => string;
  readonly client: (...statements: readonly StatementJson[]) => SQSClient;
  readonly close: () => Promise<void>;
}

const everything: StatementJson = { Action: "sqs:*", Resource: "*" };

export const serveSqs = async (queues: readonly QueueDefinition[]): Promise<SqsHarness> => {
  const place = { region: "eu-west-1", accountId: "123456789012" };
  const warnings: string[] = [];
  const sessions = createSessions({ clock: Date.now });
  const verify = createVerifier({ sessions, clock: Date.now, region: place.region });
  const report = { warn: (line: string) => void warnings.push(line) };
  const sqs = createSqs({ queues, place, verify, clock: Date.now, after, report });
  const server = createServer((req, res) => {
    const left = new AbortController();
    res.once("close", () => left.abort());
    void (async () => {
      const received = await receiveRequest(req);
      if (!received?.ok) throw new Error("not received");
      const from = {
        endpoint: `http://${String(req.headers.host)}`,
        sourceIp: "127.0.0.1",
        signal: left.signal,
      };
      const { status, headers, body } = await sqs.handle(received.value, from);
      res.writeHead(status, headers).end(body);
    })();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: SQSClient[] = [];
  return {
    endpoint,
    warnings,
    urlOf: (name) => `${endpoint}/123456789012/${name}`,
    client: (...statements) => {
      const document = policy("identity", ...(statements.length === 0 ? [everything] : statements));
      const role = sampleRole("worker", { policies: [{ name: "p", document }] });
      const caller = sessions.mint(role, { sessionName: "main.alice", durationSeconds: 900 });
      const { accessKeyId, secretAccessKey, sessionToken } = caller;
      const credentials = { accessKeyId, secretAccessKey, sessionToken };
      const client = new SQSClient({ region: place.region, endpoint, credentials, maxAttempts: 1 });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
