// What is neither role nor function: our clock against AWS's, and what stands in front of the gateway and would cut a
// call before its route does. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
import { formatDuration } from "../core/duration.js";
import type { Issuer, Route } from "../core/model.js";
import type { Facts, LoadBalancerFacts } from "./facts.js";
import { keepAliveTimeoutMs } from "../listener.js";
import type { Finding } from "./finding.js";

/** SigV4 refuses what is signed more than this away from AWS's time. */
const signingWindowMs = 300_000;
/** A Date header has whole seconds. */
const dateGrainMs = 1_000;
/** How long the gateway keeps an idle connection. */
export const keptSeconds = keepAliveTimeoutMs / 1_000;

export function checkClock({ clock }: Facts, issuers: readonly Issuer[]): readonly Finding[] {
  if (clock === undefined) return [];
  const off = Math.max(0, Math.abs(clock.ours - clock.theirs) - clock.tookMs - dateGrainMs);
  const tolerance = Math.min(
    ...issuers.map((issuer) => issuer.clockToleranceSeconds * 1000),
    signingWindowMs,
  );
  if (off <= tolerance) return [];
  const isRefused = off > signingWindowMs;
  return [
    {
      id: "clock_skew",
      severity: isRefused ? "error" : "warning",
      where: ["this machine"],
      problem: `the clock is ${text(Math.abs(clock.ours - clock.theirs))} ${clock.ours > clock.theirs ? "ahead of" : "behind"} that of STS`,
      effect: isRefused
        ? "502 upstream_refused: AWS takes no signature more than 5 minutes off; and 401 for good tokens"
        : "401 invalid_token for tokens that are just issued, or bad ones taken a while longer",
      learnt: "probed",
    },
  ];
}

export function longestCallSeconds(routes: readonly Route[]): number {
  const proxied = routes.filter(({ doors }) => doors.has("proxy"));
  return Math.max(0, ...proxied.map(({ timeoutMs }) => timeoutMs)) / 1000;
}

export function checkLoadBalancer(facts: LoadBalancerFacts, callSeconds: number): readonly Finding[] {
  const base = { severity: "error", where: ["the load balancer"], learnt: "read" } as const;
  const idle = (told: Pick<Finding, "problem" | "effect">): Finding => ({
    ...base,
    ...told,
    id: "alb_idle_timeout",
    paste: {
      into: "LoadBalancerAttributes",
      format: "yaml",
      text: `- { Key: idle_timeout.timeout_seconds, Value: "${idleSecondsFor(callSeconds)}" }`,
    },
  });
  const short = idle({
    problem: `idle_timeout.timeout_seconds is ${facts.idleSeconds}, and a call may be silent for ${callSeconds} s`,
    effect: `504 of the load balancer's after ${facts.idleSeconds} s without a byte`,
  });
  const long = idle({
    problem: `idle_timeout.timeout_seconds is ${facts.idleSeconds}, and the gateway lets go of an idle connection after ${keptSeconds} s`,
    effect: "now and then a 502 of the load balancer's: it calls on a connection that is just ending",
  });
  const draining = facts.targetGroups.filter(
    ({ deregistrationSeconds }) => deregistrationSeconds < callSeconds,
  );
  return [
    ...(facts.idleSeconds <= callSeconds ? [short] : []),
    ...(facts.idleSeconds >= keptSeconds ? [long] : []),
    ...draining.map(({ name, deregistrationSeconds }): Finding => ({
      ...base,
      severity: "warning",
      id: "alb_deregistration_delay",
      problem: `deregistration_delay.timeout_seconds of ${name} is ${deregistrationSeconds}, and a call may take ${callSeconds} s`,
      effect: "a deployment breaks calls that take longer",
      paste: {
        into: `TargetGroupAttributes of ${name}`,
        format: "yaml",
        text: `- { Key: deregistration_delay.timeout_seconds, Value: "${callSeconds}" }`,
      },
    })),
  ];
}

/** Longer than a call is silent, and shorter than the gateway keeps an idle connection. */
export const idleSecondsFor = (callSeconds: number): number => Math.floor((callSeconds + keptSeconds) / 2);

const text = (milliseconds: number): string => formatDuration(milliseconds);
