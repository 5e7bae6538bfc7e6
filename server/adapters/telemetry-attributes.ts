// What spans say beside their names, in the words of OpenTelemetry's conventions for HTTP and AWS. Of a request no more than
// its log line has: no claim, no header, no query.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/ , .../cloud-providers/aws-sdk/
import type { Attributes } from "@opentelemetry/api";
import type { Inbound } from "../core/inbound.js";
import type { Route, SessionSpec, Target } from "../core/model.js";
import { httpMethod, loggedPath } from "../http-names.js";

export const serverAttributes = ({ method, client, rawTarget, requestId }: Inbound): Attributes => ({
  "http.request.method": httpMethod(method),
  "url.scheme": client.protocol,
  "url.path": loggedPath(rawTarget),
  "client.address": client.address,
  "grantway.request_id": requestId,
});

/** What is called and how, in as many ways as the configuration has targets. */
export function upstreamAttributes(method: string, target: Target): Attributes {
  const { hostname, port, protocol } = new URL(target.origin);
  const defaultPort = protocol === "http:" ? 80 : 443;
  return {
    "http.request.method": target.kind === "invoke" ? "POST" : httpMethod(method),
    "server.address": hostname,
    "server.port": port === "" ? defaultPort : Number(port),
  };
}

/** The path is on the call's own span; an event sent to Lambda's Invoke API has another. */
export function clientAttributes({ method }: Inbound, { target }: Route): Attributes {
  return {
    ...upstreamAttributes(method, target),
    "url.full": target.origin,
    "cloud.region": target.region,
    "grantway.target": target.kind,
    ...(target.kind !== "executeApi" && { "aws.lambda.resource_arn": target.functionArn }),
  };
}

export const assumeRoleAttributes = ({ rule, roleArn }: SessionSpec, region: string): Attributes => ({
  "rpc.system": "aws-api",
  "rpc.service": "STS",
  "rpc.method": "AssumeRole",
  "cloud.region": region,
  "grantway.rule": rule,
  "grantway.role_arn": roleArn,
});
