// What on Fly.io would cut a call before its route does: the end of a Machine, and its proxy's patience with silence.
// https://fly.io/docs/reference/configuration/
import { idleSecondsFor, keptSeconds } from "./check-surroundings.js";
import type { FlyFacts, FlyService } from "./facts.js";
import type { Finding, Paste } from "./finding.js";

/** Fly's own most. */
const killMostSeconds = 300;
const killDefaultSeconds = 5;

export const checkFly = (fly: FlyFacts, callSeconds: number): readonly Finding[] =>
  fly.unread === undefined
    ? [...checkKill(fly, callSeconds), ...fly.services.flatMap((each) => checkIdle(each, fly, callSeconds))]
    : [];

function checkKill({ file, killSeconds }: FlyFacts, callSeconds: number): readonly Finding[] {
  const seconds = killSeconds ?? killDefaultSeconds;
  const wanted = Math.min(callSeconds, killMostSeconds);
  if (seconds === "unclear" || seconds >= wanted) return [];
  return [
    {
      ...{ id: "fly_kill_timeout", severity: "warning", where: [file], learnt: "read" },
      problem: `kill_timeout is ${seconds} s, and a call may take ${callSeconds} s`,
      effect: `a deployment breaks calls that take longer than ${seconds} s`,
      paste: {
        // Below a table's heading it would be that table's.
        into: killSeconds === undefined ? `${file}, above its first [table]` : inPlace(file, "kill_timeout"),
        format: "toml",
        text: `kill_timeout = ${wanted}`,
      },
    },
  ];
}

function checkIdle(service: FlyService, { file }: FlyFacts, callSeconds: number): readonly Finding[] {
  const { idleSeconds = 0 } = service;
  if (idleSeconds === "unclear") return [];
  const name = `idle_timeout of [${service.table}.http_options]${portOf(service)}`;
  const idle = (problem: string, effect: string): Finding => ({
    ...{ id: "fly_idle_timeout", severity: "warning", where: [file], learnt: "read" },
    problem: `${name} is ${service.idleSeconds === undefined ? "not set" : `${idleSeconds} s`}, and ${problem}`,
    effect,
    paste: pasteOf(service, file, idleSecondsFor(callSeconds)),
  });
  // Where no call is proxied none is silent.
  if (callSeconds > 0 && idleSeconds <= callSeconds)
    return [
      idle(
        `a call may be silent for ${callSeconds} s`,
        "Fly's proxy closes a connection that is silent for longer",
      ),
    ];
  if (idleSeconds < keptSeconds) return [];
  return [
    idle(
      `the gateway lets go of an idle connection after ${keptSeconds} s`,
      "now and then a 502 of Fly's: its proxy calls on a connection that is just ending",
    ),
  ];
}

/** A table may have its heading once only, and that of a port belongs to the port above it. */
function pasteOf(service: FlyService, file: string, seconds: number): Paste {
  const line = `idle_timeout = ${seconds}`;
  const options = `[${service.table}.http_options]${portOf(service)} of ${file}`;
  if (service.idleSeconds !== undefined)
    return { into: inPlace(options, "idle_timeout"), format: "toml", text: line };
  if (service.hasOptions) return { into: options, format: "toml", text: line };
  const heading = service.table === "http_service" ? "[http_service]" : "[[services.ports]]";
  return {
    into: `${file}, below the keys of ${heading}${portOf(service)}`,
    format: "toml",
    text: `[${service.table}.http_options]\n  ${line}`,
  };
}

const inPlace = (table: string, key: string): string => `${table}, in place of its ${key}`;

const portOf = ({ port }: FlyService): string => (port === undefined ? "" : ` of port ${port}`);
