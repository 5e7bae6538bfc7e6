// What a sender gives of a message, with SQS's rules for text, names, types and sizes. Pure.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
import { isBase64 } from "../../../../server/core/base64.js";
import type { Outcome } from "../model.js";
import type { MessageAttribute, MessageAttributes, NewMessage } from "./message.js";
import { type Input, isInput, readText } from "./read-input.js";
import { invalid, sqsError } from "./refusals.js";

/** The members that describe one message, in SendMessage and in an entry of SendMessageBatch alike. */
export const MESSAGE_MEMBERS = [
  "DelaySeconds",
  "MessageAttributes",
  "MessageBody",
  "MessageSystemAttributes",
] as const;

const MOST_ATTRIBUTES = 10;
const NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;
const TYPE = /^(?<kind>String|Number|Binary)(?:\.[^\s]{1,200})?$/;
const NUMBER = /^[+-]?(?=\d|\.\d)\d{0,38}(?:\.\d{0,38})?(?:[eE][+-]?\d{1,3})?$/;
/** Characters that XML has no form for. */
const ILLEGAL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u;

export const readMessage = (input: Input, senderId: string): Outcome<NewMessage> => {
  const body = readText(input, "MessageBody");
  if (!body.ok) return body;
  if (ILLEGAL.test(body.value)) return illegal("MessageBody");
  const attributes = readAttributes(input, "MessageAttributes");
  if (!attributes.ok) return attributes;
  const system = readAttributes(input, "MessageSystemAttributes");
  if (!system.ok) return system;
  const { AWSTraceHeader: trace, ...others } = Object.fromEntries(system.value);
  const [other] = Object.keys(others);
  if (other !== undefined || (trace !== undefined && trace.dataType !== "String"))
    return invalid(other ?? trace?.dataType, "MessageSystemAttributes", "Only AWSTraceHeader, a String");
  const traceHeader = trace === undefined ? {} : { traceHeader: trace.value.toString() };
  return { ok: true, value: { body: body.value, attributes: attributes.value, senderId, ...traceHeader } };
};

const illegal = (where: string) =>
  sqsError("InvalidMessageContents", `Invalid characters were found in ${where}.`);

const readAttributes = (input: Input, member: string): Outcome<MessageAttributes> => {
  const given = input[member] ?? {};
  if (!isInput(given)) return invalid(given, member, "Must be a map");
  const names = Object.keys(given);
  if (names.length > MOST_ATTRIBUTES)
    return invalid(names.length, member, `Number of message attributes exceeds the allowed maximum`);
  const attributes = new Map<string, MessageAttribute>();
  for (const name of names) {
    if (!NAME.test(name)) return invalid(name, member, "Not a name for a message attribute");
    const attribute = readAttribute(name, given[name]);
    if (!attribute.ok) return attribute;
    attributes.set(name, attribute.value);
  }
  return { ok: true, value: attributes };
};

const readAttribute = (name: string, given: unknown): Outcome<MessageAttribute> => {
  const {
    DataType: dataType,
    StringValue: text,
    BinaryValue: binary,
    ...others
  } = isInput(given) ? given : {};
  const kind = typeof dataType === "string" ? TYPE.exec(dataType)?.groups?.kind : undefined;
  if (typeof dataType !== "string" || kind === undefined)
    return invalid(dataType, name, "The message attribute has an invalid DataType");
  if (Object.keys(others).length > 0) return invalid(name, name, "List values are not supported");
  if (kind === "Binary") {
    return typeof binary === "string" && text === undefined && binary !== "" && isBase64(binary)
      ? { ok: true, value: { dataType, value: Buffer.from(binary, "base64") } }
      : invalid(name, name, "A Binary attribute needs a BinaryValue in base64, and no other");
  }
  if (typeof text !== "string" || binary !== undefined || text === "")
    return invalid(name, name, "The attribute needs a StringValue that is not empty, and no other");
  if (ILLEGAL.test(text)) return illegal(name);
  if (kind === "Number" && !NUMBER.test(text)) return invalid(text, name, "Can't cast the value to a number");
  return { ok: true, value: { dataType, value: text } };
};
