// Answers with its event, or as `answer` of the query says.
import { setTimeout as pause } from "node:timers/promises";

interface ApiEvent {
  readonly path: string;
  readonly queryStringParameters: Readonly<Record<string, string>> | null;
}

export const handler = async (event: ApiEvent, context: { readonly invokedFunctionArn: string }) => {
  const { answer, fail } = event.queryStringParameters ?? {};
  if (event.path === "/slow") await pause(500);
  if (fail !== undefined) throw new Error(fail);
  if (answer !== undefined) return JSON.parse(answer) as unknown;
  const { invokedFunctionArn } = context;
  const body = JSON.stringify({ event, invokedFunctionArn, ownApi: process.env.OWN_API });
  return { statusCode: 200, body, headers: { "X-Own": "yes", Date: "then" } };
};
