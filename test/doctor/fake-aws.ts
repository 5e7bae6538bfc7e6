// An AWS that answers as a test says: STS, IAM, Lambda and ELB on one loopback socket, told apart by the signature's
// service, and the doctor's real SDK clients on it.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { openDoctorPorts, type OpenDoctorPorts } from "../../server/cli/doctor-ports.js";

export interface AskedOfAws {
  /** `sts`, `iam`, `lambda`, `elasticloadbalancing` */
  readonly service: string;
  /** For which it was signed. */
  readonly region: string;
  /** Of the query protocol; for Lambda the method and the path. */
  readonly action: string;
  readonly parameters: URLSearchParams;
}

export type AnswerOfAws = (asked: AskedOfAws, res: ServerResponse) => void;

export const xml = (res: ServerResponse, status: number, body: string): void =>
  void res.writeHead(status, { "content-type": "text/xml" }).end(body);

export const queryError = (res: ServerResponse, status: number, code: string, message: string): void =>
  xml(
    res,
    status,
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  );

export const jsonError = (res: ServerResponse, status: number, type: string, message: string): void =>
  void res
    .writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type })
    .end(JSON.stringify({ Message: message }));

/** `requestTimeoutMs` is short only for an AWS that gives no answer: a busy machine may need long for one that it does give. */
export async function withFakeAws(
  answer: AnswerOfAws,
  use: (ports: OpenDoctorPorts, endpoint: string) => Promise<void>,
  requestTimeoutMs = 20_000,
  region = "eu-west-1",
): Promise<void> {
  const server = createServer((req, res) => {
    void readAsked(req).then((asked) => answer(asked, res));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const saved = { ...process.env };
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "hushhush" });
  const ports = openDoctorPorts({
    ...{ sts: { region, endpoint }, endpoint },
    ...{ clock: Date.now, requestTimeoutMs },
  });
  try {
    await use(ports, endpoint);
  } finally {
    process.env = saved;
    await ports.close();
    server.closeAllConnections();
    server.close();
  }
}

async function readAsked(req: IncomingMessage): Promise<AskedOfAws> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(req.headers.authorization ?? "");
  const [region = "", service = ""] = scope?.slice(1) ?? [];
  const parameters = new URLSearchParams(Buffer.concat(chunks).toString());
  const action = parameters.get("Action") ?? `${req.method ?? ""} ${req.url ?? ""}`;
  return { service, region, action, parameters };
}
