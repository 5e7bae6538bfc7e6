// What is wrong with a request to the /sts door, in STS's own codes.
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
import type { Denial, StsRequestCode } from "./denial.js";

/** `message` is for the caller as well as for the log: it quotes nothing that he sent. */
export const stsRefusal = (code: StsRequestCode, message: string): Denial => ({
  reason: "sts_request_refused",
  code,
  cause: message,
});
