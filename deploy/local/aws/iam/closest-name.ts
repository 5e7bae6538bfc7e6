// The name that somebody probably meant: the one with the fewest changed, added or lost letters.
import { editDistance } from "../../../../server/core/nearest.js";

/** `undefined` when no candidate is near: a third of the letters may differ. Case does not count. */
export function closestName(name: string, candidates: readonly string[]): string | undefined {
  let closest: string | undefined;
  let least = Math.floor(name.length / 3) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [closest, least] = [candidate, distance];
  }
  return closest;
}
