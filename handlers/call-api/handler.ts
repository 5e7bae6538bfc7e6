// A function that calls an API which lets IAM's callers in only: signed with the session of its own role, whose one
// permission is execute-api:Invoke on that method. Where the API is comes from the environment.
import type { LambdaFunctionURLResult } from "aws-lambda";
import { fetchGreeting, type Fetched } from "./fetch-greeting.js";

export const handler = async (): Promise<LambdaFunctionURLResult> =>
  toResult(await fetchGreeting(process.env));

const toResult = (fetched: Fetched): LambdaFunctionURLResult => {
  switch (fetched.kind) {
    case "greeting":
      return answer(200, { greeting: fetched.message });
    case "late":
      return answer(504, { message: "the API did not answer in time" });
    case "failed":
      // What the API said is for the log: it may name roles and accounts.
      console.error(JSON.stringify({ message: "the API was not of use", why: fetched.why }));
      return answer(502, { message: "the API could not be called" });
  }
};

const answer = (statusCode: number, body: object): LambdaFunctionURLResult => ({
  statusCode,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
