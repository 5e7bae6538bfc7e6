import { createProofReplays } from "../../server/adapters/proof-replays.js";
import { issuerWith } from "../fixtures/tokens.js";

const setUp = (max?: number) => {
  const clock = { now: 0 };
  const issuers = [issuerWith({ clockToleranceSeconds: 5 }), issuerWith({ clockToleranceSeconds: 30 })];
  const replays = createProofReplays({ issuers, clock: () => clock.now, ...(max !== undefined && { max }) });
  const record = (jti: string, jkt = "key", subject = `owner of ${jti}`) => {
    const recorded = replays.record({ jkt, jti, issuer: "https://login.example.com", subject });
    return recorded.ok ? "new" : recorded.denial.reason;
  };
  return { clock, replays, record };
};

describe("the replay window", () => {
  test("takes a proof once, and another key's of the same id", () => {
    const { record } = setUp();
    expect(record("a")).toBe("new");
    expect(record("a")).toBe("proof_invalid");
    expect(record("b")).toBe("new");
    expect(record("a", "other key")).toBe("new");
  });

  test("lasts for the widest tolerance of any issuer: 60 s and twice 30 s", () => {
    const { clock, record, replays } = setUp();
    record("a");
    clock.now = 120_000;
    expect(record("a")).toBe("proof_invalid");
    clock.now = 120_001;
    expect(record("a")).toBe("new");
    expect(replays.size).toBe(1);
  });

  test("refuses as overloaded when it is full, and forgets nothing that counts", () => {
    const { clock, record, replays } = setUp(2);
    record("a");
    clock.now = 60_000;
    record("b");
    expect(record("c")).toBe("overloaded");
    expect([record("a"), record("b")]).toEqual(["proof_invalid", "proof_invalid"]);
    clock.now = 120_001;
    expect(record("c")).toBe("new");
    expect(replays.size).toBe(2);
  });

  test("a clock that goes back only makes it remember longer", () => {
    const { clock, record } = setUp();
    clock.now = 60_000;
    record("a");
    clock.now = 0;
    expect(record("a")).toBe("proof_invalid");
  });

  test("gives one caller a tenth of the room, and the others theirs", () => {
    const { clock, record } = setUp(20);
    expect([record("a", "key", "busy"), record("b", "key", "busy")]).toEqual(["new", "new"]);
    expect(record("c", "key", "busy")).toBe("rate_exceeded");
    expect(record("c", "key", "another")).toBe("new");
    clock.now = 120_001;
    // All of its room again: what was forgotten does not count any more.
    expect([record("d", "key", "busy"), record("e", "key", "busy")]).toEqual(["new", "new"]);
    expect(record("f", "key", "busy")).toBe("rate_exceeded");
  });

  test("works without an issuer", () => {
    const proof = { jkt: "k", jti: "j", issuer: "https://login.example.com", subject: "a" };
    expect(createProofReplays({ issuers: [], clock: () => 0 }).record(proof).ok).toBe(true);
  });
});
