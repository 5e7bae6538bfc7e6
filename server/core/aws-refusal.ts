// Whether an answer is AWS's own refusal and not what the function or the API behind it said.
import type { Target } from "./model.js";
import { headerValues, type RawHeaders } from "./raw-headers.js";

/** AWS's name for its refusal; nothing where the answer is the backend's. */
export function awsErrorType(_target: Target, status: number, headers: RawHeaders): string | undefined {
  return status >= 400 ? headerValues(headers, "x-amzn-errortype")[0] : undefined;
}
