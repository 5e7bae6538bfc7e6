// What is neither role nor function: our clock against AWS's, and what stands in front of the gateway and would cut a
// call before its route does. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
import { formatDuration } from "../core/duration.js";
import type { Issuer, Route } from "../core/model.js";
import type { Facts, FlyFacts, LoadBalancerFacts } from "./facts.js";
import type { Finding } from "./finding.js";

/** SigV4 refuses what is signed more than this away from AWS's time. */
const signingWindowMs = 300_000;
/** A Date header has whole seconds. */
const dateGrainMs = 1_000;

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
  const idle: readonly Finding[] =
    facts.idleSeconds > callSeconds
      ? []
      : [
          {
            ...base,
            id: "alb_idle_timeout",
            problem: `idle_timeout.timeout_seconds is ${facts.idleSeconds}, and a call may be silent for ${callSeconds} s`,
            effect: `504 of the load balancer's after ${facts.idleSeconds} s without a byte`,
            paste: {
              into: "LoadBalancerAttributes",
              format: "yaml",
              text: `- { Key: idle_timeout.timeout_seconds, Value: "${callSeconds + 60}" }`,
            },
          },
        ];
  const draining = facts.targetGroups.filter(
    ({ deregistrationSeconds }) => deregistrationSeconds < callSeconds,
  );
  return [
    ...idle,
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

/** Fly's own most: https://fly.io/docs/reference/configuration/ */
const flyKillMostSeconds = 300;
const flyKillDefaultSeconds = 5;

export function checkFly(fly: FlyFacts, callSeconds: number): readonly Finding[] {
  const killSeconds = fly.killSeconds ?? flyKillDefaultSeconds;
  const wanted = Math.min(callSeconds, flyKillMostSeconds);
  const { idleSeconds } = fly;
  return [
    ...(killSeconds >= wanted
      ? []
      : [
          {
            id: "fly_kill_timeout",
            severity: "warning",
            where: [fly.file],
            problem: `kill_timeout is ${killSeconds} s, and a call may take ${callSeconds} s`,
            effect: `a deployment breaks calls that take longer than ${killSeconds} s`,
            learnt: "read",
            paste: { into: fly.file, format: "toml", text: `kill_timeout = ${wanted}` },
          } as const,
        ]),
    ...(idleSeconds !== undefined && idleSeconds > callSeconds
      ? []
      : [
          {
            id: "fly_idle_timeout",
            severity: "warning",
            where: [fly.file],
            problem: `http_options.idle_timeout is ${idleSeconds === undefined ? "not set" : `${idleSeconds} s`}, and a call may be silent for ${callSeconds} s`,
            effect: "Fly's proxy closes a connection that is silent for longer",
            learnt: "read",
            paste: {
              into: fly.file,
              format: "toml",
              text: `[http_service.http_options]\n  idle_timeout = ${callSeconds + 60}`,
            },
          } as const,
        ]),
  ];
}

/** The two keys that count, and no more of TOML than they need. */
export function readFly(file: string, toml: string): FlyFacts {
  const killSeconds = secondsOf(/^\s*kill_timeout\s*=\s*"?(\d{1,5})(m?)s?"?\s*(?:#.*)?$/m.exec(toml));
  const idleSeconds = secondsOf(/^\s*idle_timeout\s*=\s*"?(\d{1,5})(m?)s?"?\s*(?:#.*)?$/m.exec(toml));
  return {
    file,
    ...(killSeconds !== undefined && { killSeconds }),
    ...(idleSeconds !== undefined && { idleSeconds }),
  };
}

const secondsOf = (match: RegExpExecArray | null): number | undefined =>
  match === null ? undefined : Number(match[1]) * (match[2] === "m" ? 60 : 1);

const text = (milliseconds: number): string => formatDuration(milliseconds);
