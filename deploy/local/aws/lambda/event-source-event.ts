// The event with which Lambda gives a function a batch of a queue's messages. Pure.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
import { arnParts } from "../../../../server/core/arn.js";
import {
  md5OfAttributes,
  md5OfBody,
  type MessageAttribute,
  type ReceivedMessage,
  systemAttributes,
} from "../sqs/message.js";

const attributeOf = ({ dataType, value }: MessageAttribute) => ({
  ...(typeof value === "string" ? { stringValue: value } : { binaryValue: value.toString("base64") }),
  stringListValues: [],
  binaryListValues: [],
  dataType,
});

const recordOf = (message: ReceivedMessage, queueArn: string) => {
  const md5 = md5OfAttributes(message.attributes);
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(
      [...message.attributes].map(([name, value]) => [name, attributeOf(value)]),
    ),
    ...(md5 === undefined ? {} : { md5OfMessageAttributes: md5 }),
    md5OfBody: md5OfBody(message.body),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: arnParts(queueArn).region,
  };
};

export const sqsEvent = (messages: readonly ReceivedMessage[], queueArn: string): string =>
  JSON.stringify({ Records: messages.map((message) => recordOf(message, queueArn)) });

/** What a message adds to the event at most, before it has a receipt. */
export const roomInEvent = (message: Pick<ReceivedMessage, "body" | "attributes">): number => {
  let bytes = 2048 + Buffer.byteLength(JSON.stringify(message.body));
  for (const [name, attribute] of message.attributes)
    bytes += 8 + Buffer.byteLength(name) + Buffer.byteLength(JSON.stringify(attributeOf(attribute)));
  return bytes;
};
