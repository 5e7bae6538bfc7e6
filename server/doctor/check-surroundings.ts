// What is neither role nor function: our clock against AWS's, and what stands in front of the gateway and would cut a
// call before its route does. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
import { formatDuration } from "../core/duration.js";
import type { Issuer, Route } from "../core/model.js";
import type { Facts, FlyFacts, LoadBalancerFacts } from "./facts.js";
import { keepAliveTimeoutMs } from "../listener.js";
import type { Finding } from "./finding.js";

/** SigV4 refuses what is signed more than this away from AWS's time. */
const signingWindowMs = 300_000;
/** A Date header has whole seconds. */
const dateGrainMs = 1_000;
const keptSeconds = keepAliveTimeoutMs / 1_000;

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
const idleSecondsFor = (callSeconds: number): number => Math.floor((callSeconds + keptSeconds) / 2);

/** Fly's own most: https://fly.io/docs/reference/configuration/ */
const flyKillMostSeconds = 300;
const flyKillDefaultSeconds = 5;

export function checkFly(fly: FlyFacts, callSeconds: number): readonly Finding[] {
  const { file, killSeconds = flyKillDefaultSeconds, idleSeconds = 0 } = fly;
  const base = { severity: "warning", where: [file], learnt: "read" } as const;
  const wanted = Math.min(callSeconds, flyKillMostSeconds);
  const kill: Finding = {
    ...base,
    id: "fly_kill_timeout",
    problem: `kill_timeout is ${killSeconds} s, and a call may take ${callSeconds} s`,
    effect: `a deployment breaks calls that take longer than ${killSeconds} s`,
    paste: { into: file, format: "toml", text: `kill_timeout = ${wanted}` },
  };
  const idle = (told: Pick<Finding, "problem" | "effect">): Finding => ({
    ...base,
    ...told,
    id: "fly_idle_timeout",
    paste: {
      into: file,
      format: "toml",
      text: `[http_service.http_options]\n  idle_timeout = ${idleSecondsFor(callSeconds)}`,
    },
  });
  const short = idle({
    problem: `http_options.idle_timeout is ${idleSeconds === 0 ? "not set" : `${idleSeconds} s`}, and a call may be silent for ${callSeconds} s`,
    effect: "Fly's proxy closes a connection that is silent for longer",
  });
  const long = idle({
    problem: `http_options.idle_timeout is ${idleSeconds} s, and the gateway lets go of an idle connection after ${keptSeconds} s`,
    effect: "now and then a 502 of Fly's: its proxy calls on a connection that is just ending",
  });
  return [
    ...(killSeconds !== "unclear" && killSeconds < wanted ? [kill] : []),
    ...(idleSeconds !== "unclear" && idleSeconds <= callSeconds ? [short] : []),
    ...(idleSeconds !== "unclear" && idleSeconds >= keptSeconds ? [long] : []),
  ];
}

/** The two keys that count, and no more of TOML than they need. */
export function readFly(file: string, toml: string): FlyFacts {
  const [killSeconds, idleSeconds] = [secondsOf(toml, "kill_timeout"), secondsOf(toml, "idle_timeout")];
  return {
    file,
    ...(killSeconds !== undefined && { killSeconds }),
    ...(idleSeconds !== undefined && { idleSeconds }),
  };
}

/** Seconds as a number, or a duration of Go's: `"5m30s"`. */
function secondsOf(toml: string, key: string): number | "unclear" | undefined {
  const line = new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*(["']?)([^"'#\\s]*)\\1[ \\t]*(?:#.*)?\\r?$`, "m");
  if (!new RegExp(`^[ \\t]*${key}[ \\t]*=`, "m").test(toml)) return undefined;
  const written = line.exec(toml)?.[2] ?? "";
  const parts = /^(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?$/.exec(written);
  if (written === "" || parts === null) return "unclear";
  const [hours = "0", minutes = "0", seconds = "0"] = parts.slice(1);
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}

const text = (milliseconds: number): string => formatDuration(milliseconds);
