// What listens on the twin's one AWS address: STS at /, Lambda's Invoke under its paths, and the task's credentials.
// Everything else is refused.
import type { IncomingMessage, RequestListener } from "node:http";
import { jsonAnswer } from "./json-answer.js";
import { isLambdaPath } from "./lambda/invoke-request.js";
import { receiveRequest } from "./lambda/receive-request.js";
import type { Sts } from "./sts/create-sts.js";
import type { TaskCredentials } from "./task-credentials.js";

export interface ApiParts {
  readonly sts: Sts;
  readonly task: TaskCredentials;
  /** Absent while functions are still being built. */
  readonly invoke: () => RequestListener | undefined;
}

export const apiListener =
  (parts: ApiParts): RequestListener =>
  (request, response) => {
    const invoke = isLambdaPath(request.url ?? "") ? parts.invoke() : undefined;
    if (invoke !== undefined) {
      invoke(request, response);
      return;
    }
    answer(parts, request)
      .then((reply) => {
        if (reply) response.writeHead(reply.status, reply.headers).end(reply.body);
        else response.destroy();
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  };

const answer = async ({ sts, task }: ApiParts, request: IncomingMessage) => {
  const { method, url = "" } = request;
  if (method === "GET" && url === task.path) return task.answer(request.headers.authorization);
  const received = await receiveRequest(request);
  if (!received) return undefined;
  if (!received.ok) return jsonAnswer(received.error.status, { message: received.error.message });
  if (url === "/" || url.startsWith("/?")) return sts.handle(received.value);
  if (isLambdaPath(url)) return jsonAnswer(503, { message: "The functions are still being built." });
  return jsonAnswer(404, {
    message: "The local twin serves STS and Lambda's Invoke here, and nothing else.",
  });
};
