// What lies between the keys of one route: a limit that could never come to count is no limit, and headers that nobody
// would see are none. Looks through a view that leaves out what is out of shape, as cross-check.ts does.
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
  headers: z.record(z.string(), z.unknown()).optional().catch(undefined),
  doors: z.array(z.unknown()).optional().catch(undefined),
  target: z
    .object({
      mode: z.string().optional().catch(undefined),
      raw: z.boolean().optional().catch(undefined),
      tenantId: z.unknown().optional(),
    })
    .optional()
    .catch(undefined),
});
export type RouteLimitsView = z.output<typeof routeLimitsView>;

export function checkRoute(route: RouteLimitsView, index: number): Fault[] {
  return [checkLimits, checkAnswer, checkRaw, checkGrant].flatMap((check) => check(route, index));
}

const checkLimits = ({ timeout, idleTimeout, heartbeat }: RouteLimitsView, index: number): Fault[] => [
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

/** What is only queued, or only asked about, is answered at once and without a body. */
function checkAnswer({ target, ...limits }: RouteLimitsView, index: number): Fault[] {
  const mode = target?.mode;
  if (mode !== "Event" && mode !== "DryRun") return [];
  const message = `never counts with the mode ${mode}: its answer has no body`;
  return (["idleTimeout", "heartbeat"] as const)
    .filter((key) => limits[key] !== undefined)
    .map((key) => ({ path: formatPath(["routes", index, key]), message }));
}

/** Whoever writes them trusts that the function sees them. */
function checkRaw({ target, headers = {} }: RouteLimitsView, index: number): Fault[] {
  if (target?.raw !== true || Object.keys(headers).length === 0) return [];
  const message = "would never arrive: with raw the function sees the caller's body and nothing else";
  return [{ path: formatPath(["routes", index, "headers"]), message }];
}

/** A granted session may call the function in any way that Lambda takes: IAM knows neither mode nor tenant. */
function checkGrant({ target, doors = ["grant"] }: RouteLimitsView, index: number): Fault[] {
  if (!doors.includes("grant")) return [];
  const fault = (message: string) => [{ path: formatPath(["routes", index, "doors"]), message }];
  if (target?.tenantId !== undefined) {
    return fault("must be [proxy] beside tenantId: granted credentials could name any tenant");
  }
  if (target?.mode !== "DryRun") return [];
  return fault("must be [proxy] with the mode DryRun: granted credentials could call the function itself");
}
