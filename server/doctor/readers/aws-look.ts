// One question to an AWS service -> what it said, or why it did not say it.
import { firstLine } from "../../core/first-line.js";
import { accept, refuse } from "../../core/result.js";
import { likeError } from "../../core/like-error.js";
import type { Look, Unseen } from "../facts.js";

/** `needs` names the action and what it is asked of: `iam:GetRole on arn:...`. */
export async function look<T>(needs: string, ask: () => Promise<T>): Promise<Look<T>> {
  try {
    return accept(await ask());
  } catch (error) {
    return refuse<Unseen>({ kind: kindOf(error), needs, sentence: `${needs}: ${sentenceOf(error)}` });
  }
}

const absent = new Set(["ResourceNotFoundException", "NoSuchEntity", "NoSuchEntityException"]);
const denied = new Set(["AccessDenied", "AccessDeniedException"]);
/** A Region that an account has not enabled knows none of its credentials; one that is not there has no address. */
const strange = new Set(["UnrecognizedClientException", "InvalidClientTokenId", "RegionDisabledException"]);

function kindOf(error: unknown): Unseen["kind"] {
  const { name } = likeError(error);
  if (absent.has(name)) return "absent";
  if (denied.has(name)) return "denied";
  return strange.has(name) || codeOf(error) === "ENOTFOUND" ? "region" : "failed";
}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | undefined)?.code;

/** `AccessDenied: User: ... is not authorized ...` */
export function sentenceOf(error: unknown): string {
  const { name, message } = likeError(error);
  return `${name}: ${firstLine(message)}`;
}

/** Where the answer lacks what the API promises. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`AWS answered without ${what}`);
  return value;
}
