// GET {API_URL}/greeting, signed with Signature Version 4 for `execute-api`. Never throws: whatever happens is a value.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html
import { AwsClient } from "aws4fetch";

export type Fetched =
  | { readonly kind: "greeting"; readonly message: string }
  | { readonly kind: "late" }
  | { readonly kind: "failed"; readonly why: string };

/** Lambda puts all but API_URL there: a session of the function's role, and its region. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Well under the function's own 10 s, so that the caller still gets an answer. */
const timeoutMs = 5_000;
const largestAnswer = 65_536;

export async function fetchGreeting(environment: Environment, waitMs = timeoutMs): Promise<Fetched> {
  const { API_URL: api = "" } = environment;
  // Loopback has no TLS and needs none; anywhere else a signed request in the clear could be sent again by others.
  if (!/^(https:|http:\/\/127\.0\.0\.1[:/])/.test(api)) return failed("API_URL is no https: URL");
  const signal = AbortSignal.timeout(waitMs);
  try {
    const response = await signer(environment).fetch(`${api}/greeting`, { signal, redirect: "error" });
    const text = await response.text();
    return response.ok ? readGreeting(text) : failed(`${response.status} ${text.slice(0, 1000)}`);
  } catch (error) {
    return signal.aborted ? { kind: "late" } : failed(String(error));
  }
}

/** The session token is signed as well; aws4fetch's own retries would outlive the function. */
const signer = ({
  AWS_ACCESS_KEY_ID: accessKeyId = "",
  AWS_SECRET_ACCESS_KEY: secretAccessKey = "",
  AWS_SESSION_TOKEN: sessionToken = "",
  AWS_REGION: region = "",
}: Environment): AwsClient =>
  new AwsClient({ accessKeyId, secretAccessKey, sessionToken, region, service: "execute-api", retries: 0 });

function readGreeting(text: string): Fetched {
  if (text.length > largestAnswer) return failed(`the answer is over ${largestAnswer} characters`);
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? { kind: "greeting", message } : failed("the answer has no message");
  } catch {
    return failed("the answer is no JSON object");
  }
}

const failed = (why: string): Fetched => ({ kind: "failed", why });
