// Which messages of a batch a function has failed, by its answer under ReportBatchItemFailures. Pure.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
// An answer that is neither empty nor of that shape fails the whole batch (for some shapes UNCONFIRMED).
import { parseJson } from "../../../../server/core/strict-json.js";

/** Message ids; or why all of them have failed. */
export type ReportedFailures =
  { readonly ok: true; readonly failed: ReadonlySet<string> } | { readonly ok: false; readonly why: string };

const none: ReportedFailures = { ok: true, failed: new Set() };
const all = (why: string): ReportedFailures => ({ ok: false, why });

export const readItemFailures = (payload: string, messageIds: readonly string[]): ReportedFailures => {
  const answer = parseJson(payload);
  if (answer === undefined) return all("its answer is no JSON");
  if (answer === null) return none;
  if (typeof answer !== "object" || Array.isArray(answer)) return all("its answer is no object");
  if (Object.keys(answer).length === 0) return none;
  if (!("batchItemFailures" in answer)) return all("its answer has no batchItemFailures");
  const { batchItemFailures: failures } = answer;
  if (failures === null) return none;
  if (!Array.isArray(failures)) return all("batchItemFailures is no list");
  return readFailures(failures as unknown[], messageIds);
};

const readFailures = (failures: readonly unknown[], messageIds: readonly string[]): ReportedFailures => {
  const failed = new Set<string>();
  for (const failure of failures) {
    const isObject = typeof failure === "object" && failure !== null && "itemIdentifier" in failure;
    const id: unknown = isObject ? failure.itemIdentifier : undefined;
    if (typeof id !== "string" || !messageIds.includes(id))
      return all(`itemIdentifier ${JSON.stringify(id)} is no message of the batch`);
    failed.add(id);
  }
  return { ok: true, failed };
};
