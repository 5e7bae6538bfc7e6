// What must be true of the two long calls, by what handlers/long says it sends. Each check gives its faults in words.
import type { LongCall } from "./long-call.js";

/** Starting a function, and a busy machine. */
const lateSeconds = 10;
/** A line a second; held back, several would come together after a gap. */
const longestGapSeconds = 5;

export function checkSilentCall(call: LongCall, seconds: number): string[] {
  const [line, ...more] = call.lines.map(({ text }) => text);
  return [
    ...checkEnd(call, seconds),
    ...(line === `done after ${seconds} s without a word` && more.length === 0
      ? []
      : [`answered ${JSON.stringify(call.lines.slice(0, 3))}`]),
  ];
}

export function checkStreamedCall(call: LongCall, seconds: number): string[] {
  const wrong = call.lines.findIndex(({ text }, index) => !text.startsWith(`${index + 1}/${seconds} `));
  const gaps = call.lines.map(({ atSeconds }, index) => atSeconds - (call.lines[index - 1]?.atSeconds ?? 0));
  const longest = Math.max(0, ...gaps);
  return [
    ...checkEnd(call, seconds),
    ...(call.lines.length === seconds ? [] : [`${call.lines.length} lines came`]),
    ...(wrong < 0 ? [] : [`line ${wrong + 1} is ${JSON.stringify(call.lines[wrong]?.text)}`]),
    ...(longest <= longestGapSeconds ? [] : [`${longest.toFixed(1)} s went by without a line`]),
  ];
}

function checkEnd({ status, isWhole, endedAtSeconds }: LongCall, seconds: number): string[] {
  const isInTime = endedAtSeconds >= seconds && endedAtSeconds <= seconds + lateSeconds;
  return [
    ...(status === 200 ? [] : [`status ${status}`]),
    ...(isWhole ? [] : ["the transfer broke before its end"]),
    ...(isInTime ? [] : [`ended after ${endedAtSeconds.toFixed(1)} s`]),
  ];
}

/** The gateway's own log must say so too. */
export function recordsComplete(logLines: readonly string[], calls: number): string[] {
  const verdicts = logLines
    .map((line) => JSON.parse(line) as { path?: string; verdict?: string })
    .filter(({ path }) => path === "/long")
    .map(({ verdict }) => verdict);
  return verdicts.length === calls && verdicts.every((verdict) => verdict === "complete")
    ? []
    : [`the gateway's log has the verdicts ${JSON.stringify(verdicts)}`];
}
