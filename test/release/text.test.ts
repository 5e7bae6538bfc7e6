// A release's events as lines, and AWS's errors as sentences.
import { awsFault } from "../../server/release/aws-fault.js";
import { eventLine } from "../../server/release/text.js";

const as = (style: string) => (text: string) => `${style}(${text})`;
const paint = { bold: as("bold"), dim: as("dim"), red: as("red"), green: as("green"), yellow: as("yellow") };

test("a look says of each counter since when it counts", () => {
  const look = { event: "look", afterMs: 20_000 } as const;
  const seen = { calls: 42, errors: 0 };
  expect(eventLine({ ...look, seen: { ...seen, gateway: { answers: 46, failures: 0 } } }, paint)).toBe(
    "  20s       42 calls, 0 errors in all; gateway 46 answers, 0 5xx in this step",
  );
  expect(eventLine({ ...look, seen }, paint)).toBe("  20s       42 calls, 0 errors in all");
});

test("a release of which nothing was seen is not done in green", () => {
  expect(eventLine({ event: "done", version: "2" }, paint)).toBe(
    "green(done        the alias is on version 2 alone)",
  );
  expect(eventLine({ event: "done", version: "2", unseen: [10, 50] }, paint)).toBe(
    "yellow(done        the alias is on version 2 alone; no calls were seen at 10 %, 50 %)",
  );
});

test("stopped before anything was moved, no version keeps 0 %", () => {
  expect(eventLine({ event: "stopped", version: "2", percent: 0 }, paint)).toBe(
    "stopped     version 2 is published; the alias was not moved; the same release again goes on from there",
  );
});

test("a function that AWS denies may be one that is not there; CloudWatch knows no function", () => {
  const denied = Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
  expect(awsFault(denied, "lambda:GetAlias on helo:live").denial.sentence).toBe(
    "AWS does not allow lambda:GetAlias on helo:live; the role needs that action, or there is no such function (IAM does not tell the two apart). AWS says: not authorized",
  );
  const quoting = { name: "InvalidSignatureException", message: "wrong\nx-amz-security-token:SECRET" };
  expect(awsFault(quoting, "lambda:GetAlias on helo:live").denial.sentence).toMatch(/: wrong$/);
  expect(awsFault(denied, "cloudwatch:GetMetricData").denial.sentence).not.toContain("no such function");
});
