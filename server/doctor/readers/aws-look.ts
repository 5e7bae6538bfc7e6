// One question to an AWS service -> what it said, or why it did not say it.
import { accept, refuse } from "../../core/result.js";
import type { Look, Unseen } from "../facts.js";
import { likeError } from "../../release/aws-fault.js";

/** `needs` names the action and what it is asked of: `iam:GetRole on arn:...`. */
export async function look<T>(needs: string, ask: () => Promise<T>): Promise<Look<T>> {
  try {
    return accept(await ask());
  } catch (error) {
    const { name, message } = likeError(error);
    return refuse<Unseen>({ kind: kindOf(name), needs, sentence: `${needs}: ${name}: ${message}` });
  }
}

const absent = new Set(["ResourceNotFoundException", "NoSuchEntity", "NoSuchEntityException"]);
const denied = new Set(["AccessDenied", "AccessDeniedException"]);

const kindOf = (name: string): Unseen["kind"] =>
  absent.has(name) ? "absent" : denied.has(name) ? "denied" : "failed";

/** Where the answer lacks what the API promises. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`AWS answered without ${what}`);
  return value;
}
