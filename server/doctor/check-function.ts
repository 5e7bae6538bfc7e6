// The function behind a route and its URL: is it this one, behind IAM, streaming where the route streams, and with time
// enough? https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
import { formatDuration } from "../core/duration.js";
import type { FunctionUrlTarget, Target } from "../core/model.js";
import type { FunctionFacts, UrlConfig } from "./facts.js";
import type { Finding, Paste } from "./finding.js";
import type { CheckedRoute } from "./scope.js";

export type Said = Pick<Finding, "id" | "severity" | "problem" | "effect"> & { readonly paste?: Paste };

export function checkFunction(checked: CheckedRoute, facts: FunctionFacts): readonly Finding[] {
  const { target } = checked.route;
  if (target.kind === "executeApi") return [];
  const { timeoutSeconds, reserved } = facts;
  if (!timeoutSeconds.ok && timeoutSeconds.denial.kind === "absent")
    return [found(checked, unknownFunction(target.functionArn))];
  if (!timeoutSeconds.ok && timeoutSeconds.denial.kind === "region")
    return [found(checked, unavailableRegion(target.region, timeoutSeconds.denial.sentence))];
  const said = [
    ...(target.kind === "functionUrl" ? checkUrl(checked, target, facts) : []),
    ...(timeoutSeconds.ok ? checkTimeouts(checked, target, timeoutSeconds.value) : []),
    ...(reserved.ok && reserved.value === 0 ? [nothingReserved(target.functionArn)] : []),
  ];
  return said.map((each) => found(checked, each));
}

const found = ({ where }: CheckedRoute, said: Said): Finding => ({ ...said, where: [where], learnt: "read" });

export const unknownFunction = (arn: string): Said => ({
  id: "function_unknown",
  severity: "error",
  problem: `there is no ${arn}: the function, its alias or its region is another`,
  effect: "502 upstream_refused on every call",
});

const unavailableRegion = (region: string, sentence: string): Said => ({
  id: "region_unavailable",
  severity: "error",
  problem: `Lambda in ${region} knows no credentials of this account, or there is no such Region: ${sentence}`,
  effect: "502 on every call",
  paste: {
    into: "a shell of the account's administrator, if the Region is meant",
    format: "sh",
    text: `aws account enable-region-opt-in --region-name ${region}`,
  },
});

export const nothingReserved = (arn: string): Said => ({
  id: "reserved_concurrency_zero",
  severity: "error",
  problem: `the reserved concurrency of ${arn} is 0`,
  effect: "429 rate_exceeded on every call: Lambda runs none",
  paste: {
    into: "the properties of the function, or leave the line out",
    format: "yaml",
    text: "ReservedConcurrentExecutions: 10",
  },
});

function checkUrl(
  checked: CheckedRoute,
  target: FunctionUrlTarget,
  { url, otherUrls: others }: FunctionFacts,
): readonly Said[] {
  if (!url.ok) return url.denial.kind === "absent" ? [missingUrl(target, others)] : [];
  const config = url.value;
  if (hostOf(config.url) !== target.host) return [anotherUrl(target, config)];
  return [
    ...(config.authType === "AWS_IAM" ? [] : [publicUrl(target, config)]),
    ...checkMode(checked, config),
    ...checkCors(checked, config),
  ];
}

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).host : undefined);

/** A URL hangs on one alias, or on $LATEST, and its permissions name that. */
function missingUrl({ functionArn, host }: FunctionUrlTarget, others: FunctionFacts["otherUrls"]): Said {
  const owner = others?.ok === true ? others.value.find(({ url }) => hostOf(url) === host) : undefined;
  return {
    id: "function_url_missing",
    severity: "error",
    problem: `${functionArn} has no function URL${owner === undefined ? "; a URL hangs on one alias, or on $LATEST" : `: the one that is configured is that of ${owner.functionArn}`}`,
    effect: "502 upstream_refused: the URL that is configured belongs to something else",
    paste: owner
      ? { into: "target of the route", format: "yaml", text: `functionArn: ${owner.functionArn}` }
      : {
          into: "the properties of the function (SAM puts the URL on the alias of AutoPublishAlias)",
          format: "yaml",
          text: "FunctionUrlConfig:\n  AuthType: AWS_IAM",
        },
  };
}

const anotherUrl = ({ functionArn, origin }: FunctionUrlTarget, { url }: UrlConfig): Said => ({
  id: "function_url_of_another_function",
  severity: "error",
  problem: `${origin}/ is not the URL of ${functionArn}, which is ${url}`,
  effect:
    "502 upstream_refused: sessions may call the function that is named, and the URL belongs to another",
  paste: { into: "target of the route", format: "yaml", text: `functionUrl: ${url}` },
});

const publicUrl = ({ functionArn }: FunctionUrlTarget, { url, authType }: UrlConfig): Said => ({
  id: "function_url_public",
  severity: "error",
  problem: `the URL of ${functionArn} has AuthType ${authType}, not AWS_IAM`,
  effect: `whoever knows ${url} may call it without the gateway, if the function's policy lets everybody in; the session's permission asks for AWS_IAM, so signed calls are refused`,
  paste: {
    into: "the properties of the function",
    format: "yaml",
    text: "FunctionUrlConfig:\n  AuthType: AWS_IAM",
  },
});

/** `heartbeat` and `idleTimeout` are about an answer that has begun: a URL that buffers begins at the end. */
function checkMode({ route }: CheckedRoute, { invokeMode }: UrlConfig): readonly Said[] {
  const key = route.heartbeatMs === undefined ? "idleTimeout" : "heartbeat";
  if (invokeMode !== "BUFFERED" || (route.heartbeatMs ?? route.idleTimeoutMs) === undefined) return [];
  return [
    {
      id: "function_url_buffers",
      severity: "warning",
      problem: `the route streams (it has ${key}), and its URL has InvokeMode BUFFERED`,
      effect: `nothing arrives before the function ends, and ${key} does nothing; answers above 6 MB are 502`,
      paste: {
        into: "the properties of the function",
        format: "yaml",
        text: "FunctionUrlConfig:\n  AuthType: AWS_IAM\n  InvokeMode: RESPONSE_STREAM",
      },
    },
  ];
}

function checkCors({ route }: CheckedRoute, { hasCors }: UrlConfig): readonly Said[] {
  if (!hasCors || route.cors === undefined) return [];
  // Pages with granted credentials call the URL itself: there its Cors is needed.
  const isGranted = route.doors.has("grant");
  return [
    {
      id: "cors_doubled",
      severity: isGranted ? "note" : "warning",
      problem: "both the gateway and the URL of the route answer for CORS",
      effect: isGranted
        ? "through the gateway its own `cors` counts; the URL's is for pages that call it with granted credentials"
        : "the gateway's `cors` counts and the URL's fields are taken off: what is changed there changes nothing",
      paste: {
        into: "the route, if the URL should answer; else take Cors out of FunctionUrlConfig",
        format: "yaml",
        text: "cors: null",
      },
    },
  ];
}

function checkTimeouts(
  { route, hasOwnTimeout }: CheckedRoute,
  target: Target,
  functionSeconds: number,
): readonly Said[] {
  const routeSeconds = route.timeoutMs / 1000;
  const both = `the function's Timeout is ${text(functionSeconds)}, and the route's timeout ${text(routeSeconds)}`;
  // Nobody waits for an Event, and a DryRun runs nothing.
  const isAwaited =
    target.kind !== "invoke" || target.mode === "RequestResponse" || target.mode === "ResponseStream";
  if (!isAwaited) return [];
  if (functionSeconds > routeSeconds)
    return [
      {
        id: "function_outlives_route",
        severity: "warning",
        problem: both,
        effect: `504 upstream_timeout after ${text(routeSeconds)}, while the function runs on and is paid for`,
        paste: { into: "the route", format: "yaml", text: `timeout: ${text(functionSeconds)}` },
      },
    ];
  // The 15 minutes of a route that says nothing are no promise.
  if (!hasOwnTimeout || functionSeconds === routeSeconds) return [];
  return [
    {
      id: "function_timeout_short",
      severity: "warning",
      problem: both,
      effect: `Lambda ends the call after ${text(functionSeconds)}, and the caller gets 502 or 504 of the function's`,
      paste: { into: "the properties of the function", format: "yaml", text: `Timeout: ${routeSeconds}` },
    },
  ];
}

const text = (seconds: number): string => formatDuration(seconds * 1000);
