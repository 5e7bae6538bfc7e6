// What lies between the limits of one route: one that could never come to count is no limit. Looks through a view that
// leaves out what is out of shape, as cross-check.ts does.
import { z } from "zod";
import { formatDuration, parseDuration } from "../core/duration.js";
import { formatPath } from "./fault.js";
import type { Fault } from "./fault.js";

/** Milliseconds, or nothing for what is no duration. */
const durationView = z
  .unknown()
  .transform((value) => {
    const parsed = typeof value === "string" ? parseDuration(value) : undefined;
    return parsed?.ok ? parsed.value : undefined;
  })
  .optional();

export const routeLimitsView = z.object({
  // Left out, it is the schema's default.
  timeout: durationView.prefault("15m"),
  idleTimeout: durationView,
  heartbeat: durationView,
});
export type RouteLimitsView = z.output<typeof routeLimitsView>;

export const checkRoute = ({ timeout, idleTimeout, heartbeat }: RouteLimitsView, index: number): Fault[] => [
  ...mustBeShorter(index, ["idleTimeout", idleTimeout], ["timeout", timeout]),
  // A silence that long has ended the call already.
  ...mustBeShorter(index, ["heartbeat", heartbeat], ["timeout", timeout]),
  ...mustBeShorter(index, ["heartbeat", heartbeat], ["idleTimeout", idleTimeout]),
];

type Limit = readonly [key: string, milliseconds: number | undefined];

function mustBeShorter(index: number, [key, limit]: Limit, [otherKey, other]: Limit): Fault[] {
  if (limit === undefined || other === undefined || limit < other) return [];
  const message = `must be shorter than ${otherKey} (${formatDuration(other)}): else it never counts`;
  return [{ path: formatPath(["routes", index, key]), message }];
}
