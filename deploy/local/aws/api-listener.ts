// What listens on the twin's one AWS address: STS, IAM, SQS and CloudWatch at /, Lambda under its paths, and the
// credentials of the task, of whoever releases functions and of whoever runs the doctor. Everything else is refused.
import type { IncomingMessage, RequestListener } from "node:http";
import { headerValues } from "../../../server/core/raw-headers.js";
import type { Clock } from "../../../server/ports.js";
import { type CloudWatch, isForCloudWatch } from "./cloudwatch/create-cloudwatch.js";
import { type Iam, isForIam } from "./iam-api/create-iam.js";
import { jsonAnswer } from "./json-answer.js";
import { isLambdaPath } from "./lambda/invoke-request.js";
import { receiveRequest } from "./lambda/receive-request.js";
import { isSqsTarget, type Sqs } from "./sqs/create-sqs.js";
import { sourceIpOf } from "./source-ip.js";
import type { Sts } from "./sts/create-sts.js";
import type { TaskCredentials } from "./task-credentials.js";

export interface ApiParts {
  readonly sts: Sts;
  readonly task: TaskCredentials;
  /** For whoever releases functions. */
  readonly operator: TaskCredentials;
  /** For whoever runs `grantway doctor`. */
  readonly doctor: TaskCredentials;
  readonly iam: Iam;
  readonly cloudWatch: CloudWatch;
  readonly sqs: Sqs;
  /** Absent while functions are still being built. */
  readonly invoke: () => RequestListener | undefined;
  readonly clock: Clock;
}

export const apiListener =
  (parts: ApiParts): RequestListener =>
  (request, response) => {
    // SDKs set their clock by it: Node's own would be another than the one their signatures are held against.
    response.setHeader("date", new Date(parts.clock()).toUTCString());
    const invoke = isLambdaPath(request.url ?? "") ? parts.invoke() : undefined;
    if (invoke !== undefined) {
      invoke(request, response);
      return;
    }
    const left = new AbortController();
    response.once("close", () => left.abort());
    answer(parts, request, left.signal)
      .then((reply) => {
        if (reply) response.writeHead(reply.status, reply.headers).end(reply.body);
        else response.destroy();
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  };

const answer = async (parts: ApiParts, request: IncomingMessage, signal: AbortSignal) => {
  const { sts, iam, task, operator, doctor, cloudWatch, sqs } = parts;
  const { method, url = "" } = request;
  const credentials = [task, operator, doctor].find(({ path }) => method === "GET" && url === path);
  if (credentials) return credentials.answer(request.headers.authorization);
  const received = await receiveRequest(request);
  if (!received) return undefined;
  if (!received.ok) return jsonAnswer(received.error.status, { message: received.error.message });
  const sourceIp = sourceIpOf(request.socket);
  if (url === "/" && isForCloudWatch(received.value.rawHeaders))
    return cloudWatch.handle(received.value, sourceIp);
  const [target] = headerValues(received.value.rawHeaders, "x-amz-target");
  if (isSqsTarget(target)) {
    const endpoint = `http://${request.headers.host ?? ""}`;
    return sqs.handle(received.value, { endpoint, sourceIp, signal });
  }
  if (url === "/" && isForIam(received.value.rawHeaders)) return iam.handle(received.value, sourceIp);
  if (url === "/" || url.startsWith("/?")) return sts.handle(received.value);
  if (isLambdaPath(url)) return jsonAnswer(503, { message: "The functions are still being built." });
  return jsonAnswer(404, {
    message: "The local twin serves STS, IAM, SQS, CloudWatch and Lambda here, and nothing else.",
  });
};
