// How a rule is tried with STS: what is asked, and what is asked again once STS has named a missing action.
import { probe, probeRequest } from "../../server/doctor/probe.js";
import type { ProbeAnswer, ProbeRequest } from "../../server/doctor/ports.js";
import { roleArn, smallScope } from "./facts.js";

const requestOf = (role: object, values = {}, isChained = true): ProbeRequest => {
  const [checked] = smallScope({ role }).rules;
  if (!checked) throw new Error("no rule");
  return probeRequest(checked, values, isChained);
};

test("it asks as the gateway does, with values of its own where none are given", () => {
  const role = { tags: { tenant: "claims.t" }, transitiveTags: ["tenant"], duration: "2h", externalId: "x1" };
  const asked = { roleArn, transitiveTagKeys: ["tenant"], externalId: "x1" };
  expect(requestOf(role)).toEqual({
    ...asked,
    durationSeconds: 3600,
    tags: [{ key: "tenant", value: "grantway-doctor" }],
    sourceIdentity: "grantway-doctor",
  });
  expect(requestOf(role, { tags: { tenant: "acme" }, sourceIdentity: "alice" }, false)).toEqual({
    ...asked,
    durationSeconds: 7200,
    tags: [{ key: "tenant", value: "acme" }],
    sourceIdentity: "alice",
  });
  expect(requestOf({ sourceIdentity: null })).not.toHaveProperty("sourceIdentity");
});

test("what the rule's own probe says goes before the doctor's values, and the operator's before both", () => {
  const role = {
    tags: { tenant: "claims.t", team: "claims.g" },
    probe: { tags: { tenant: "acme" }, sourceIdentity: "probe" },
  };
  const tagsOf = ({ tags }: ProbeRequest) => tags.map(({ value }) => value);
  expect(tagsOf(requestOf(role))).toEqual(["acme", "grantway-doctor"]);
  expect(requestOf(role).sourceIdentity).toBe("probe");
  const given = requestOf(role, { tags: { tenant: "other" }, sourceIdentity: "alice" });
  expect([...tagsOf(given), given.sourceIdentity]).toEqual(["other", "grantway-doctor", "alice"]);
  expect(requestOf({ ...role, probe: null }).sourceIdentity).toBe("grantway-doctor");
});

/** STS names what is missing in this order. */
const lacking =
  (...actions: readonly string[]) =>
  ({ tags, sourceIdentity }: ProbeRequest): Promise<ProbeAnswer> => {
    const needed = [
      "sts:AssumeRole",
      ...(tags.length > 0 ? ["sts:TagSession"] : []),
      ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
    ];
    const action = needed.find((each) => actions.includes(each));
    return Promise.resolve(
      action === undefined ? { outcome: "ok" } : { outcome: "denied", action, message: "m" },
    );
  };

test.each([
  [[], undefined],
  [["sts:AssumeRole"], ["sts:AssumeRole"]],
  [["sts:TagSession"], ["sts:TagSession"]],
  [["sts:SetSourceIdentity"], ["sts:SetSourceIdentity"]],
  [
    ["sts:TagSession", "sts:SetSourceIdentity"],
    ["sts:TagSession", "sts:SetSourceIdentity"],
  ],
])("where %j is missing it learns %j", async (missing, learnt) => {
  const answer = await probe(lacking(...missing), requestOf({ tags: { tenant: "claims.t" } }));
  expect(answer).toEqual(
    learnt === undefined ? { outcome: "ok" } : { outcome: "denied", actions: learnt, message: "m" },
  );
});
