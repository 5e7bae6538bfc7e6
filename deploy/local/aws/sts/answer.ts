// STS's answers and errors, in its own namespace.
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
import { queryAnswers } from "../query-protocol/query-answer.js";

export type { QueryAnswer as StsAnswer, XmlChildren } from "../query-protocol/query-answer.js";

export const { result, failure, signatureFailure } = queryAnswers(
  "https://sts.amazonaws.com/doc/2011-06-15/",
);
