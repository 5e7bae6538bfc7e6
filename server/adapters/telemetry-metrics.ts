// The gateway's metrics once more, for a collector of OpenTelemetry's: what became of calls, of the calls to functions, STS
// and authorizers that they made, and of readiness's own. The sizes of sessions and the state of the process are Prometheus's.
// Attributes come from the configuration, from lists of methods and reasons, and from status codes: nobody can grow them.
// https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
import type { Attributes, Meter } from "@opentelemetry/api";
import { httpMethod, httpRoute } from "../http-names.js";
import type { Metrics, UpstreamOutcome } from "./metrics.js";
import { upstreamAttributes } from "./telemetry-attributes.js";
import { clientErrorType, serverErrorType } from "./telemetry-error-types.js";

/** The conventions' own, and on to Lambda's 15 minutes. */
const secondsBoundaries = [
  ...[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  ...[30, 60, 120, 300, 600, 900],
];

export function withOtlpMetrics(metrics: Metrics, meter: Meter): Metrics {
  const histogram = (name: string, description: string) =>
    meter.createHistogram(name, {
      description,
      unit: "s",
      advice: { explicitBucketBoundaries: secondsBoundaries },
    });
  const durations = histogram(
    "http.server.request.duration",
    "From a request's head to the end of its answer.",
  );
  const refusals = meter.createCounter("grantway.refusals", {
    description: "Calls that the gateway refused, by reason as in the log; internal_error: a bug.",
  });
  const assumeRoles = histogram("grantway.assume_role.duration", "AssumeRole calls with their retries.");
  const authorizers = histogram("grantway.authorizer.duration", "Calls of custom authorizers.");
  const probes = meter.createCounter("grantway.role_probes", {
    description: "AssumeRole calls made to learn whether a role can be had.",
  });
  const limited = meter.createCounter("grantway.rate_limited", {
    description: "Calls refused by a rate limit.",
  });
  const storeErrors = meter.createCounter("grantway.rate_limit_store_errors", {
    description: "Counts and connections that Valkey failed.",
  });
  const upstreamDurations = histogram(
    "http.client.request.duration",
    "From sending a call to the function to the end of its answer.",
  );
  const upstreamBytes = meter.createCounter("grantway.upstream.io", {
    description: "Of the functions' answers, handed to callers.",
    unit: "By",
  });
  const inFlight = meter.createUpDownCounter("grantway.calls_in_flight", {
    description: "Requests not yet answered to the end.",
  });

  return {
    read: () => metrics.read(),
    callStarted() {
      metrics.callStarted();
      inFlight.add(1);
    },
    callEnded(call) {
      metrics.callEnded(call);
      inFlight.add(-1);
      durations.record(call.seconds, callAttributes(call));
      if (call.reason !== undefined) refusals.add(1, { "grantway.reason": call.reason });
      if (!call.upstream) return;
      const attributes = outcomeAttributes(call, call.upstream);
      upstreamDurations.record(call.upstream.milliseconds / 1000, attributes);
      upstreamBytes.add(call.upstream.bytes, attributes);
    },
    assumeRole(call) {
      metrics.assumeRole(call);
      assumeRoles.record(call.seconds, { "grantway.rule": call.rule, "grantway.outcome": call.outcome });
    },
    authorizerAsked(asked) {
      metrics.authorizerAsked(asked);
      const { authorizer, outcome, seconds } = asked;
      authorizers.record(seconds, { "grantway.authorizer": authorizer, "grantway.outcome": outcome });
    },
    callLimited(limit) {
      metrics.callLimited(limit);
      limited.add(1, { "grantway.limit": limit });
    },
    limitStoreFailed() {
      metrics.limitStoreFailed();
      storeErrors.add(1);
    },
    roleProbed(probed) {
      metrics.roleProbed(probed);
      for (const rule of probed.rules)
        probes.add(1, { "grantway.rule": rule, "grantway.outcome": probed.outcome });
    },
  };
}

type EndedCall = Parameters<Metrics["callEnded"]>[0];

/** By route and how it ended: what a caller left behind is its `client_gone`. */
function outcomeAttributes(
  { route, http, reason }: EndedCall,
  { verdict, status }: UpstreamOutcome,
): Attributes {
  const errorType = clientErrorType({ verdict, status, fault: reason });
  return {
    ...(http?.findings.route && upstreamAttributes(http.inbound.method, http.findings.route.target)),
    ...(status !== undefined && { "http.response.status_code": status }),
    ...(errorType !== undefined && { "error.type": errorType }),
    "grantway.route": route,
    "grantway.verdict": verdict,
  };
}

function callAttributes(call: EndedCall): Attributes {
  const { http, status, verdict, route, door, reason } = call;
  const path = http && httpRoute(http.inbound, http.findings);
  const errorType = serverErrorType({ status, verdict, fault: reason });
  return {
    // What is no HTTP has neither; the conventions ask for both.
    "http.request.method": httpMethod(http?.inbound.method ?? ""),
    "url.scheme": http?.inbound.client.protocol ?? "http",
    "http.response.status_code": status,
    ...(path !== undefined && { "http.route": path }),
    ...(errorType !== undefined && { "error.type": errorType }),
    "grantway.route": route,
    "grantway.door": door,
    "grantway.verdict": verdict,
  };
}
