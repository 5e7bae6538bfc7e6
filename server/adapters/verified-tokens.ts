// The VerifiedTokens port: a bounded, least-recently-used map, keyed by a digest so that a heap dump holds no token. How
// long an entry counts is authenticate-token.ts's.
import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { VerifiedToken, VerifiedTokens } from "../ports.js";

const maxTokens = 10_000;
/** Characters of all tokens held: what their claims take in memory is a small multiple. */
const maxCharacters = 16 * 2 ** 20;

export const createVerifiedTokens = ({ max = maxTokens, maxSize = maxCharacters } = {}): VerifiedTokens & {
  readonly size: number;
} => {
  const cache = new LRUCache<string, VerifiedToken>({ max, maxSize });
  return {
    get: (token) => cache.get(digest(token)),
    set: (token, verified) => void cache.set(digest(token), verified, { size: token.length }),
    delete: (token) => void cache.delete(digest(token)),
    get size() {
      return cache.size;
    },
  };
};

const digest = (token: string): string => hash("sha256", token, "base64url");
