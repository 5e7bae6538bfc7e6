// How full a session's policies and tags make it, in percent. STS packs them in a way it does not publish; this counts
// the bytes of the policy without insignificant space, of policy ARNs and of tags, which is more than any packing.
import type { PassedPolicies } from "./session-policies.js";
import type { Tag } from "./session-tags.js";

const allottedBytes = 2048;
/** A key and a value each need a mark of their own. */
const perTagBytes = 2;
const perArnBytes = 1;

export const percentOf = (bytes: number, allotted = allottedBytes): number =>
  Math.ceil((100 * bytes) / allotted);

export function packedBytes({ text, arns }: PassedPolicies, tags: readonly Tag[]): number {
  const policyBytes = text === undefined ? 0 : Buffer.byteLength(JSON.stringify(JSON.parse(text)));
  const arnBytes = arns.map((arn) => Buffer.byteLength(arn) + perArnBytes);
  const tagBytes = tags.map(
    ({ key, value }) => Buffer.byteLength(key) + Buffer.byteLength(value) + perTagBytes,
  );
  return [...arnBytes, ...tagBytes].reduce((sum, each) => sum + each, policyBytes);
}
