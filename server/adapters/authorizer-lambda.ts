// A custom authorizer that is a Lambda function: one Invoke, signed with the gateway's own credentials, its answer read up
// to a bound. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import aws4 from "aws4";
import { hash } from "node:crypto";
import { Abandonment } from "../core/abandonment.js";
import type { Denial } from "../core/denial.js";
import { firstLine } from "../core/first-line.js";
import { invocationPath } from "../core/invocation-path.js";
import type { LambdaAuthorizerSource } from "../core/model.js";
import { headerValues } from "../core/raw-headers.js";
import { readBody } from "../core/read-body.js";
import { refuse, type Result } from "../core/result.js";
import { isJsonObject } from "../core/strict-json.js";
import type { AuthorizerSilence, Clock, Upstream, UpstreamReply } from "../ports.js";
import { failed, maxAnswerBytes, parseAnswer, thrown, unavailable } from "./authorizer-answer-text.js";
import type { OwnCredentials } from "./role-sessions.js";

export interface LambdaAuthorizerPorts {
  readonly upstream: Upstream;
  readonly ownCredentials: () => Promise<OwnCredentials>;
  readonly clock: Clock;
}

type Asked = Promise<Result<unknown, AuthorizerSilence>>;

export function createAskLambda({ upstream, ownCredentials, clock }: LambdaAuthorizerPorts) {
  return async (source: LambdaAuthorizerSource, event: object, timeoutMs: number): Asked => {
    const deadline = clock() + timeoutMs;
    const own = await within(timeoutMs, ownCredentials());
    if (!own.ok) return own;
    const body = Buffer.from(JSON.stringify(event));
    const sent = await upstream.send({
      ...signedInvoke(source, body, own.value, clock()),
      body,
      timeoutMs: Math.max(1, deadline - clock()),
      // Its own: who waits for the answer may be several callers, and no one of them ends it.
      abandonment: new Abandonment(),
    });
    return sent.ok ? readReply(sent.value) : refuse(silenceOf(sent.denial));
  };
}

async function within(
  timeoutMs: number,
  credentials: Promise<OwnCredentials>,
): Promise<Result<OwnCredentials, AuthorizerSilence>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("they did not come in time")), timeoutMs);
  });
  try {
    return { ok: true, value: await Promise.race([credentials, late]) };
  } catch (error) {
    const why = error instanceof Error ? error.message : "no reason given";
    return unavailable(`the gateway's own credentials: ${why}`, 30);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws when a credential is missing: aws4 would quietly sign with what it finds in the environment. */
export function signedInvoke(
  source: LambdaAuthorizerSource,
  body: Buffer,
  { accessKeyId, secretAccessKey, sessionToken }: OwnCredentials,
  now: number,
): { readonly origin: string; readonly method: string; readonly path: string; readonly headers: string[] } {
  if (!accessKeyId || !secretAccessKey) throw new Error("the gateway's own credentials are incomplete");
  const { region, origin } = source;
  const path = invocationPath({ functionArn: source.functionArn, mode: "RequestResponse" });
  const signed = aws4.sign(
    {
      method: "POST",
      service: "lambda",
      region,
      path,
      headers: {
        Host: new URL(origin).host,
        "Content-Type": "application/json",
        "X-Amz-Content-Sha256": hash("sha256", body),
        "X-Amz-Date": new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ""),
      },
    },
    { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
  );
  const headers = Object.entries(signed.headers ?? {}).flatMap(([name, value]) => [name, String(value)]);
  return { origin, method: "POST", path: signed.path ?? path, headers };
}

async function readReply({ status, headers, body }: UpstreamReply): Asked {
  let room = maxAnswerBytes;
  const { bytes, verdict, isCut } = await readBody(body, (more) => (room -= more) >= 0);
  if (isCut) return failed(`it answered more than ${maxAnswerBytes} bytes`);
  if (verdict === "timed_out") return failed("it gave no answer in time");
  // A function's error has its body in full, under a verdict of its own.
  if (verdict !== "complete" && verdict !== "function_error") return unavailable("its answer broke off");
  const text = bytes.toString("utf8");
  if (status !== 200) return readRefusal(status, headerValues(headers, "x-amzn-errortype")[0], text);
  if (headerValues(headers, "x-amz-function-error").length > 0) return readFunctionError(text);
  return parseAnswer(text);
}

function readFunctionError(text: string): Result<never, AuthorizerSilence> {
  const error = parseAnswer(text);
  const { errorType, errorMessage } = error.ok && isJsonObject(error.value) ? error.value : {};
  const type = typeof errorType === "string" ? errorType : "an error without a type";
  return thrown(type.slice(0, 100), typeof errorMessage === "string" ? errorMessage : "");
}

/** What Lambda's API says no to. A throttle and an outage pass; a missing permission or function does not. */
function readRefusal(status: number, errorType = "", text: string): Result<never, AuthorizerSilence> {
  const parsed = parseAnswer(text);
  const { message, Message = message } = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {};
  const said = typeof Message === "string" ? Message : text;
  const cause = `Lambda answered ${status} ${errorType}: ${firstLine(said)}`;
  return status === 429 || status >= 500 ? unavailable(cause) : failed(cause);
}

function silenceOf(denial: Denial): AuthorizerSilence {
  if (denial.reason === "upstream_timeout") return { kind: "failed", cause: "it gave no answer in time" };
  const cause = "cause" in denial ? denial.cause : denial.reason;
  return { kind: "unavailable", cause: `Lambda could not be asked: ${cause}`, retryAfterSeconds: 1 };
}
