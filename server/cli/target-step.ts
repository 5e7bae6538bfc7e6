// A route's target as `explain` and `check` show it: the kind, where calls go, and the ARN that the session policy names.
import type { InvokeMode, Target } from "../core/model.js";
import { targetUrl } from "../core/target-url.js";

export interface TargetStep {
  readonly kind: Target["kind"];
  readonly url: string;
  /** Of the function, with its version or alias, or of the stage. */
  readonly arn: string;
  /** With invoke. */
  readonly mode?: InvokeMode;
  readonly raw?: true;
  readonly logTail?: true;
}

export function targetStep(target: Target): TargetStep {
  const { kind } = target;
  const url = targetUrl(target);
  if (target.kind === "executeApi") return { kind, url, arn: target.stageArn };
  const step = { kind, url, arn: target.functionArn };
  if (target.kind === "functionUrl") return step;
  const { mode, raw, logTail } = target;
  return { ...step, mode, ...(raw && { raw }), ...(logTail && { logTail }) };
}

/** `invoke, Event, raw: https://lambda...` */
export function formatTarget({ kind, url, mode, raw, logTail }: TargetStep): string {
  const how = [kind, mode, raw && "raw", logTail && "logTail"].filter((word) => typeof word === "string");
  return `${how.join(", ")}: ${url}`;
}
