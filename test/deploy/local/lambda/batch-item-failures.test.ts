import { readItemFailures } from "../../../../deploy/local/aws/lambda/batch-item-failures.js";

const ids = ["a", "b", "c"];

test.each([
  ["null", "null"],
  ["an empty object", "{}"],
  ["an empty list", '{"batchItemFailures":[]}'],
  ["no list", '{"batchItemFailures":null}'],
])("%s is the success of all messages", (_what, payload) => {
  expect(readItemFailures(payload, ids)).toEqual({ ok: true, failed: new Set() });
});

test("the messages that are named have failed, one that is named twice once", () => {
  const payload =
    '{"batchItemFailures":[{"itemIdentifier":"c"},{"itemIdentifier":"a"},{"itemIdentifier":"c"}]}';
  expect(readItemFailures(payload, ids)).toEqual({ ok: true, failed: new Set(["a", "c"]) });
});

test.each([
  ["no JSON", "", "its answer is no JSON"],
  ["a text", '"ok"', "its answer is no object"],
  ["a list", "[]", "its answer is no object"],
  ["another object", '{"statusCode":200}', "its answer has no batchItemFailures"],
  ["a text for the list", '{"batchItemFailures":"a"}', "batchItemFailures is no list"],
  ["an id of another batch", '{"batchItemFailures":[{"itemIdentifier":"z"}]}', '"z" is no message'],
  ["an empty id", '{"batchItemFailures":[{"itemIdentifier":""}]}', '"" is no message'],
  ["a null id", '{"batchItemFailures":[{"itemIdentifier":null}]}', "null is no message"],
  ["another key", '{"batchItemFailures":[{"itemId":"a"}]}', "undefined is no message"],
  ["a good id beside a bad one", '{"batchItemFailures":[{"itemIdentifier":"a"},{}]}', "is no message"],
  ["bare ids", '{"batchItemFailures":["a"]}', "is no message"],
])("%s is the failure of all messages", (_what, payload, why) => {
  expect(readItemFailures(payload, ids)).toEqual({ ok: false, why: expect.stringContaining(why) as string });
});
