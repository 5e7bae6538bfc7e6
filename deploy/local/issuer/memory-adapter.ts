// Where the local OpenID provider keeps sessions, codes and grants: in this process, bounded, gone when it ends.
// Implements the adapter interface of oidc-provider for one kind of record; shares nothing between processes.
import { LRUCache } from "lru-cache";
import type { Adapter, AdapterPayload } from "oidc-provider";

const maxRecords = 1_000;

/** One adapter per kind of record ("Session", "Grant", ...), as oidc-provider asks for them. */
export function createMemoryAdapter(): Adapter {
  const records = new LRUCache<string, AdapterPayload>({ max: maxRecords });
  const findBy = (matches: (record: AdapterPayload) => boolean): Promise<AdapterPayload | undefined> =>
    Promise.resolve([...records.values()].find(matches));
  const removeWhere = (matches: (record: AdapterPayload, id: string) => boolean): Promise<void> => {
    for (const [id, record] of [...records.entries()]) if (matches(record, id)) records.delete(id);
    return Promise.resolve();
  };

  return {
    upsert: (id, payload, expiresIn) => {
      records.set(id, payload, expiresIn === undefined ? {} : { ttl: expiresIn * 1_000 });
      return Promise.resolve();
    },
    find: (id) => Promise.resolve(records.get(id)),
    findByUid: (uid) => findBy((record) => record.uid === uid),
    findByUserCode: (userCode) => findBy((record) => record.userCode === userCode),
    consume: (id) => {
      const record = records.get(id);
      if (record) record.consumed = Math.floor(Date.now() / 1_000);
      return Promise.resolve();
    },
    destroy: (id) => removeWhere((_record, recordId) => recordId === id),
    revokeByGrantId: (grantId) => removeWhere((record) => record.grantId === grantId),
  };
}
