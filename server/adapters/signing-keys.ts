// The SigningKeys port: each configured issuer's keys, from its JWK Set, found by discovery or configured.
// How long they are held is in issuer-keys.ts, which key serves a token in select-key.ts.
import type { Issuer } from "../core/model.js";
import type { Result } from "../core/result.js";
import type { SigningKey } from "../core/select-key.js";
import type { Clock, SigningKeys } from "../ports.js";
import { discoverJwksUri } from "./discovery.js";
import { createFetchJson, type FetchJson, type JsonFetcher } from "./fetch-json.js";
import { IssuerKeys, type KeysOutcome, type KeysStatus } from "./issuer-keys.js";
import { readJwkSet } from "./jwk-set.js";

export interface IssuerKeysStatus extends KeysStatus {
  /** The issuer's short name. */
  readonly issuer: string;
}

/** For the metrics. */
export interface HeldKeys {
  readonly issuer: string;
  readonly keys: number;
  /** Epoch milliseconds. Absent where none are held. */
  readonly fetchedAt: number | undefined;
}

export interface FetchedSigningKeys extends SigningKeys {
  status(): readonly IssuerKeysStatus[];
  held(): readonly HeldKeys[];
  /** Fetches every issuer's keys. Never rejects: what failed is in `status()`. */
  warm(): Promise<void>;
  /** Starts the fetches that are due, and never waits for them. */
  keepFresh(): void;
  close(): Promise<void>;
}

export interface SigningKeysOptions {
  readonly issuers: readonly Issuer[];
  readonly clock: Clock;
  /** Default: undici with a deadline of 5 s and 256 KB at most. */
  readonly fetcher?: JsonFetcher;
  /** Told of every fetch, good or bad. */
  readonly onFetched?: (issuer: Issuer, outcome: KeysOutcome) => void;
}

export const createSigningKeys = ({
  issuers,
  clock,
  fetcher = createFetchJson(),
  onFetched = () => undefined,
}: SigningKeysOptions): FetchedSigningKeys => {
  const byName = new Map(
    issuers.map((issuer) => {
      const load = () => loadKeys(issuer, fetcher.fetchJson);
      return [issuer.name, new IssuerKeys(load, clock, (outcome) => onFetched(issuer, outcome))];
    }),
  );
  const keysOf = ({ name }: Issuer): IssuerKeys => {
    const keys = byName.get(name);
    if (keys === undefined) throw new Error(`issuer ${name} is not one the keys were made for`);
    return keys;
  };
  return {
    find: (issuer, header) => keysOf(issuer).find(header),
    isCurrent: (issuer, key) => keysOf(issuer).isCurrent(key),
    status: () => [...byName].map(([issuer, keys]) => ({ issuer, ...keys.status() })),
    held: () =>
      [...byName].map(([issuer, keys]) => ({ issuer, keys: keys.status().keys, fetchedAt: keys.fetchedAt })),
    warm: async () => {
      await Promise.all([...byName.values()].map((keys) => keys.refresh()));
    },
    keepFresh: () => {
      for (const keys of byName.values()) keys.keepFresh();
    },
    close: () => fetcher.close(),
  };
};

const loadKeys = async (
  { issuer, jwksUri }: Issuer,
  fetchJson: FetchJson,
): Promise<Result<readonly SigningKey[], string>> => {
  if (jwksUri !== undefined) return fetchJwkSet(jwksUri, fetchJson);
  const discovered = await discoverJwksUri(issuer, fetchJson);
  return discovered.ok ? fetchJwkSet(discovered.value, fetchJson) : discovered;
};

const fetchJwkSet = async (
  jwksUri: string,
  fetchJson: FetchJson,
): Promise<Result<readonly SigningKey[], string>> => {
  const jwkSet = await fetchJson(jwksUri);
  return jwkSet.ok ? readJwkSet(jwksUri, jwkSet.value) : jwkSet;
};
