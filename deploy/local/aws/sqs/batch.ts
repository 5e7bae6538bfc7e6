// SendMessageBatch and DeleteMessageBatch: up to ten entries, each with an answer of its own.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
import type { Outcome } from "../model.js";
import { sizeOf } from "./message.js";
import { type Answer, type Call, deleteMessage, type Operation, sendMessage } from "./operations.js";
import { type Input, isInput, refuseOthers } from "./read-input.js";
import { MESSAGE_MEMBERS, readMessage } from "./read-message.js";
import { invalid, queryName, sqsError } from "./refusals.js";

const MOST_ENTRIES = 10;
/** Of all messages of a batch together. */
const BATCH_LIMIT = 1_048_576;

const readEntries = ({ Entries: given }: Input, members: readonly string[]): Outcome<Input[]> => {
  if (given !== undefined && !Array.isArray(given)) return invalid(given, "Entries", "Must be a list");
  const entries = (given ?? []) as unknown[];
  if (entries.length === 0)
    return sqsError("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.length > MOST_ENTRIES) return tooMany(entries.length);
  const read: Input[] = [];
  for (const entry of entries) {
    if (!isInput(entry)) return invalid(entry, "Entries", "Must be a list of maps");
    const others = refuseOthers(entry, ["Id", ...members]);
    if (!others.ok) return others;
    if (typeof entry.Id !== "string" || !/^[\w-]{1,80}$/.test(entry.Id)) return badId();
    if (read.some(({ Id }) => Id === entry.Id)) return sameId(entry.Id);
    read.push(entry);
  }
  return { ok: true, value: read };
};

const tooMany = (count: number) =>
  sqsError(
    "TooManyEntriesInBatchRequest",
    `Maximum number of entries per request are ${MOST_ENTRIES}. You have sent ${count}.`,
  );

const badId = () =>
  sqsError(
    "InvalidBatchEntryId",
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
  );

const sameId = (id: string) => sqsError("BatchEntryIdsNotDistinct", `Id ${id} repeated.`);

/** An entry that fails does not stop the others. */
const forEach = (entries: readonly Input[], act: (entry: Input) => Outcome<Answer>): Outcome<Answer> => {
  const [successful, failed]: [Answer[], Answer[]] = [[], []];
  for (const entry of entries) {
    const outcome = act(entry);
    if (outcome.ok) successful.push({ Id: entry.Id, ...outcome.value });
    else {
      const { type, message } = outcome.error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: queryName(type), Message: message });
    }
  }
  return { ok: true, value: { Successful: successful, Failed: failed } };
};

const sendMessageBatch = ({ queue, input, senderId }: Call): Outcome<Answer> => {
  const entries = readEntries(input, MESSAGE_MEMBERS);
  if (!entries.ok) return entries;
  const bytes = entries.value.reduce((sum, entry) => sum + sizeOfEntry(entry), 0);
  if (bytes > BATCH_LIMIT)
    return sqsError(
      "BatchRequestTooLong",
      `Batch requests cannot be longer than ${BATCH_LIMIT} bytes. You have sent ${bytes} bytes.`,
    );
  return forEach(entries.value, (entry) => sendMessage({ queue, input: entry, senderId }));
};

/** One that is refused for itself counts nothing. */
const sizeOfEntry = (entry: Input): number => {
  const message = readMessage(entry, "");
  return message.ok ? sizeOf(message.value) : 0;
};

const deleteMessageBatch = ({ queue, input }: Call): Outcome<Answer> => {
  const entries = readEntries(input, ["ReceiptHandle"]);
  return entries.ok ? forEach(entries.value, (entry) => deleteMessage({ queue, input: entry })) : entries;
};

/** A batch needs the permission of the single action. */
export const batchOperations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["SendMessageBatch", { permission: "sqs:SendMessage", members: ["Entries"], run: sendMessageBatch }],
  ["DeleteMessageBatch", { permission: "sqs:DeleteMessage", members: ["Entries"], run: deleteMessageBatch }],
]);
