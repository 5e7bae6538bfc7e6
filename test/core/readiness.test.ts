import {
  checksOf,
  readinessOf,
  type IssuerReadiness,
  type ReadinessParts,
} from "../../server/core/readiness.js";

const served: IssuerReadiness = { issuer: "main", ready: true, hasHadKeys: true };
const never: IssuerReadiness = { issuer: "other", ready: false, hasHadKeys: false };

const partsWith = (
  statuses: readonly IssuerReadiness[],
  more: Partial<ReadinessParts> = {},
): ReadinessParts => ({
  keys: { status: () => statuses },
  roles: { reasons: [], notes: [] },
  isDraining: false,
  contradictions: [],
  ...more,
});

test("a gateway whose issuers have keys and whose roles work is ready", () => {
  expect(readinessOf(partsWith([served]))).toEqual({ reasons: [], notes: [] });
  expect(checksOf(partsWith([served]))).toEqual({ accepting: true, keys: true, limits: true, roles: true });
});

test.each<[string, Partial<IssuerReadiness>, string]>([
  ["yet", {}, "no keys of issuer other: not fetched yet"],
  ["because of a fault", { lastError: "it answered 404" }, "no keys of issuer other: it answered 404"],
])("an issuer that has had no keys %s keeps the gateway out of traffic, by name", (_why, fault, reason) => {
  const parts = partsWith([served, { ...never, ...fault }]);
  expect(readinessOf(parts)).toEqual({ reasons: [reason], notes: [] });
  expect(checksOf(parts).keys).toBe(false);
});

test.each<[string, Partial<IssuerReadiness>, string]>([
  [
    "cannot be asked now",
    {},
    "the keys of issuer main cannot be fetched now, and those in hand serve: it answered 500",
  ],
  [
    "has withdrawn its keys, or was down for a day",
    { ready: false },
    "no keys of issuer main: it answered 500 (there were some before)",
  ],
])("an issuer that %s is told of, and takes nobody out of traffic", (_what, status, note) => {
  const parts = partsWith([{ ...served, lastError: "it answered 500", ...status }]);
  expect(readinessOf(parts)).toEqual({ reasons: [], notes: [note] });
  expect(checksOf(parts).keys).toBe(true);
});

test("a drain, contradicting limits and a role that does not work are reasons, notes of roles are notes", () => {
  const roles = { reasons: ["role r cannot be assumed"], notes: ["role s is not probed"] };
  const parts = partsWith([served], { isDraining: true, contradictions: ["a limit"], roles });
  expect(readinessOf(parts)).toEqual({
    reasons: ["draining", "a limit", "role r cannot be assumed"],
    notes: ["role s is not probed"],
  });
  expect(checksOf(parts)).toEqual({ accepting: false, keys: true, limits: false, roles: false });
});
