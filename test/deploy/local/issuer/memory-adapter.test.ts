// The records of the local OpenID provider, by the adapter interface of oidc-provider.
import { createMemoryAdapter } from "../../../../deploy/local/issuer/memory-adapter.js";

it("finds a record by id, uid and user code until it is destroyed", async () => {
  const adapter = createMemoryAdapter();
  const record = { uid: "u1", userCode: "c1" };
  await adapter.upsert("id1", record, 60);
  await adapter.upsert("id2", { uid: "u2", userCode: "c2" });
  await expect(adapter.find("id1")).resolves.toBe(record);
  await expect(adapter.findByUid("u1")).resolves.toBe(record);
  await expect(adapter.findByUserCode("c1")).resolves.toBe(record);
  await adapter.destroy("id1");
  await expect(adapter.find("id1")).resolves.toBeUndefined();
  await expect(adapter.find("id2")).resolves.toBeDefined();
});

it("marks a record as consumed, so that a code is used once", async () => {
  const adapter = createMemoryAdapter();
  await adapter.upsert("code", {}, 60);
  await adapter.consume("code");
  await expect(adapter.find("code")).resolves.toMatchObject({ consumed: expect.any(Number) as number });
  await expect(adapter.consume("unknown")).resolves.toBeUndefined();
});

it("drops everything that came of a revoked grant and nothing else", async () => {
  const adapter = createMemoryAdapter();
  await adapter.upsert("a", { grantId: "g1" }, 60);
  await adapter.upsert("b", { grantId: "g1" }, 60);
  await adapter.upsert("c", { grantId: "g2" }, 60);
  await adapter.revokeByGrantId("g1");
  await expect(adapter.find("a")).resolves.toBeUndefined();
  await expect(adapter.find("b")).resolves.toBeUndefined();
  await expect(adapter.find("c")).resolves.toBeDefined();
});

it("holds a bounded number of records and lets the oldest go", async () => {
  const adapter = createMemoryAdapter();
  for (let n = 0; n <= 1_000; n += 1) await adapter.upsert(String(n), {}, 60);
  await expect(adapter.find("0")).resolves.toBeUndefined();
  await expect(adapter.find("1")).resolves.toBeDefined();
});
