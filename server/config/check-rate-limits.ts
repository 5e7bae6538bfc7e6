// What lies between rate limits and routes: a limit for a route that is not there. Looks through a view that leaves out
// what is out of shape, as cross-check.ts does.
import { z } from "zod";
import { formatPath } from "./fault.js";
import type { Fault } from "./fault.js";

export const rateLimitView = z
  .object({
    name: z.string().optional().catch(undefined),
    routes: z.array(z.string()).catch([]),
  })
  .catch({ routes: [] });

type RateLimitView = z.output<typeof rateLimitView>;

/** Routes go by their name; one without goes by its key. */
export function checkLimitedRoutes(
  { routes }: RateLimitView,
  index: number,
  known: readonly string[],
): Fault[] {
  return routes.flatMap((name, position) => {
    if (known.includes(name)) return [];
    const message = `there is no route ${JSON.stringify(name)}; known are ${known.slice(0, 20).join(", ")}`;
    return [{ path: formatPath(["rateLimits", index, "routes", position]), message }];
  });
}
