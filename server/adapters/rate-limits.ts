// Where calls are counted, as the configuration says: in this process, or in Valkey for all replicas. Without a limit
// nothing is made; Valkey's client is loaded where it is used.
import type { RateLimit } from "../core/rate-limit.js";
import type { ValkeySettings } from "../core/valkey-url.js";
import type { CallWindows } from "../ports.js";
import { createCallWindows } from "./call-windows.js";
import type { ValkeyWindowsParts } from "./valkey-windows.js";

export interface RateLimits {
  readonly windows: CallWindows;
  close(): void;
}

/** Does not wait for Valkey: until it has answered, this process counts for itself. */
export async function openRateLimits(
  { rateLimits, valkey }: { readonly rateLimits: readonly RateLimit[]; readonly valkey?: ValkeySettings },
  parts: Omit<ValkeyWindowsParts, "valkey" | "memory">,
): Promise<RateLimits | undefined> {
  if (rateLimits.length === 0) return undefined;
  const memory = createCallWindows(parts.clock);
  const hasWindows = rateLimits.some(({ window }) => window !== undefined);
  if (!valkey || !hasWindows) return { windows: memory, close: () => undefined };
  const { createValkeyWindows } = await import("./valkey-windows.js");
  const windows = createValkeyWindows({ ...parts, valkey, memory });
  return { windows, close: () => windows.close() };
}
