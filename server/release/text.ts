// A release's events as lines for a terminal or a log: one for each step and each look.
import { formatDuration } from "../core/duration.js";
import type { Style } from "../core/style.js";
import type { ReleaseEvent, Seen } from "./events.js";
import type { Status } from "./status.js";

export function eventLine(event: ReleaseEvent, paint: Style): string {
  switch (event.event) {
    case "would":
      return `would call  ${event.call}`;
    case "nothing":
      return `nothing to release: version ${event.version} is what there is, code and settings`;
    case "published":
      return `published   version ${event.to}; the alias is on version ${event.from}`;
    case "resumed":
      return `resumed     from version ${event.from} to ${event.to}, at ${event.percent} %`;
    case "step":
      return paint.bold(
        `${`${event.percent} %`.padEnd(12)}version ${event.version}, for ${formatDuration(event.forMs)}`,
      );
    case "look":
      return `  ${formatDuration(Math.floor(event.afterMs / 1000) * 1000).padEnd(10)}${seenText(event.seen)}`;
    case "blind":
      return paint.yellow(
        `  ${formatDuration(Math.floor(event.afterMs / 1000) * 1000).padEnd(10)}cannot see: ${event.sentence}`,
      );
    case "quiet":
      return paint.yellow(
        `  no call of the new version was counted at ${event.percent} %: this step says nothing`,
      );
    case "unrouted":
      return paint.yellow(
        `  the gateway answered nothing on the route at ${event.percent} %: is --route its name?`,
      );
    case "over":
      return paint.red(`going back  ${event.why}`);
    case "retried":
      return paint.yellow(`  not back yet, trying again: ${event.sentence}`);
    case "done":
      return doneLine(event, paint);
    case "rolled_back":
      return paint.green(`rolled back the alias is on version ${event.to} alone, not on ${event.from}`);
    case "stopped":
      if (event.percent === 0)
        return `stopped     version ${event.version} is published; the alias was not moved; the same release again goes on from there`;
      return `stopped     ${keeps(event)}; go on with --resume, or back with: grantway rollback`;
    case "left":
      return `left        ${keeps(event)}; go on with --resume, or back with: grantway rollback`;
    case "unseen":
      return paint.yellow(
        `stopped     ${keeps(event)}: no call was seen in this step, which proves nothing; go on with --resume while traffic comes in, or without any with --resume --allow-quiet, or back with: grantway rollback`,
      );
    case "refused":
    case "conflict":
    case "failed":
      return paint.red(event.sentence);
  }
}

const keeps = ({ version, percent }: { readonly version: string; readonly percent: number }): string =>
  `version ${version} keeps ${percent} %`;

function doneLine({ version, unseen }: ReleaseEvent & { readonly event: "done" }, paint: Style): string {
  const line = `done        the alias is on version ${version} alone`;
  if (unseen === undefined) return paint.green(line);
  return paint.yellow(`${line}; no calls were seen at ${unseen.map((percent) => `${percent} %`).join(", ")}`);
}

/** CloudWatch's numbers come late, so they count from the release's beginning on; a gateway's are there at once. */
function seenText({ calls, errors, gateway }: Seen): string {
  const ofFunction = `${counted(calls, "call")}, ${counted(errors, "error")} in all`;
  if (gateway === undefined) return ofFunction;
  return `${ofFunction}; gateway ${counted(gateway.answers, "answer")}, ${gateway.failures} 5xx in this step`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

export function statusText(name: string, { versions, release, gateways }: Status): string {
  const width = Math.max(...versions.map(({ version }) => version.length));
  const lines = versions.map(
    ({ version, share, calls, errors }) =>
      `  version ${version.padEnd(width)}  ${`${share} %`.padStart(7)}  ${counted(calls, "call")}, ${counted(errors, "error")} in 10 minutes`,
  );
  const moved =
    release === undefined
      ? []
      : [
          `  release ${release.from} -> ${release.to} ${release.phase} at ${release.at.replace(/\.\d+Z$/, "Z")}`,
        ];
  const ofGateways = gateways.map(
    ({ url, route, answers, failures }) =>
      `  gateway ${url}, route ${route}: ${counted(answers, "answer")}, ${failures} 5xx since it started`,
  );
  return [name, ...lines, ...moved, ...ofGateways].map((line) => `${line}\n`).join("");
}
