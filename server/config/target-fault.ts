// What the kinds of target share: the keys that say how a call is signed, and faults with the key they stand at.
import { accept, refuse, type Result } from "../core/result.js";
import { region, text } from "./fields.js";

export interface TargetFault {
  /** A key of the target; absent: the target as a whole. */
  readonly key?: string;
  readonly message: string;
}

export const faultAt = (key: string, message: string): TargetFault => ({ key, message });

export const signingKeys = {
  region: region.exactOptional().describe("Signing region; needed where the host does not tell."),
  service: text(/^[a-z0-9-]+$/, 64, "must be a SigV4 service name such as lambda")
    .exactOptional()
    .describe("Signing service; the default follows from the kind of target."),
};

export interface SigningEntry {
  readonly region?: string;
  readonly service?: string;
}

/** The region that is written, the one that `source` tells, or both where they are the same. */
export function agreeOnRegion(
  written: string | undefined,
  told: string | undefined,
  source: string,
): Result<string, TargetFault> {
  const region = written ?? told;
  if (region === undefined) return refuse(faultAt("region", `the host of ${source} does not tell it`));
  if (told === undefined || told === region) return accept(region);
  return refuse(faultAt("region", `must be ${told}, the region of ${source}, or be left out`));
}
