// Works through a queue's batch and reports the messages that failed, so that those alone come back. One that fails
// each time is moved to the dead-letter queue by SQS itself.
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { createLog } from "grantway-log";
import { parseOrder } from "./order.js";

const log = createLog({ service: process.env.SERVICE_NAME });

/**
 * SQS delivers at least once. This environment knows what it has done; the next one does not, so real work needs a
 * store that all of them share: a conditional write of the message id in one transaction with the work.
 */
const doneIds = new Set<string>();
const REMEMBERED = 10_000;

export const handler = ({ Records: records }: SQSEvent): Promise<SQSBatchResponse> => {
  const failed = records.filter((record) => !work(record));
  return Promise.resolve({
    batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })),
  });
};

/** False when the message has to come back. */
const work = ({ messageId, body, attributes }: SQSRecord): boolean => {
  if (doneIds.has(messageId)) {
    log.info("order was handled before", { messageId });
    return true;
  }
  try {
    const { order, quantity } = parseOrder(body);
    log.info("order handled", { messageId, order, quantity });
  } catch (error) {
    const reason = error instanceof SyntaxError ? "the body is no JSON" : String(error);
    log.warn("order failed", { messageId, reason, receiveCount: Number(attributes.ApproximateReceiveCount) });
    return false;
  }
  remember(messageId);
  return true;
};

const remember = (messageId: string): void => {
  doneIds.add(messageId);
  const [oldest] = doneIds;
  if (doneIds.size > REMEMBERED && oldest !== undefined) doneIds.delete(oldest);
};
