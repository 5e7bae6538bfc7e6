// How full a session's policy and tags make it, in percent. STS packs them in a way it does not publish; this counts the
// bytes of the policy without insignificant space plus those of the tags, which is more than any packing.
import type { Tag } from "./session-tags.js";

const allottedBytes = 2048;
/** A key and a value each need a mark of their own. */
const perTagBytes = 2;

export function packedPolicySize(policy: string | undefined, tags: readonly Tag[]): number {
  const policyBytes = policy === undefined ? 0 : Buffer.byteLength(JSON.stringify(JSON.parse(policy)));
  const tagBytes = tags.map(
    ({ key, value }) => Buffer.byteLength(key) + Buffer.byteLength(value) + perTagBytes,
  );
  return Math.ceil((100 * tagBytes.reduce((sum, bytes) => sum + bytes, policyBytes)) / allottedBytes);
}
