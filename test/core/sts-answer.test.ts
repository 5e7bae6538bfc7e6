// The envelope of STS's answers and errors.
import { stsFailure, stsResult } from "../../server/core/sts-answer.js";

const requestId = "3d0c5e1e-8a0e-4b6f-9a55-0f8f6c7d1e2a";
const root = (name: string): string => `<${name} xmlns="https://sts.amazonaws.com/doc/2011-06-15/">`;

test("an answer is its action's, with the request's id", () => {
  expect(stsResult("GetCallerIdentity", [["Account", "123456789012"]], requestId)).toEqual({
    kind: "own",
    status: 200,
    headers: { "content-type": "text/xml", "cache-control": "no-store", "x-amzn-requestid": requestId },
    body:
      root("GetCallerIdentityResponse") +
      "<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>" +
      `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>\n`,
  });
});

test.each([
  [400, "Sender"],
  [499, "Sender"],
  [500, "Receiver"],
  [503, "Receiver"],
])("an error of the status %i is the %s's", (status, type) => {
  const reply = stsFailure({ status, code: "Some", message: "<why>", headers: { allow: "POST" } }, requestId);
  expect(reply).toMatchObject({ status, headers: { allow: "POST", "cache-control": "no-store" } });
  expect(reply).toMatchObject({
    body:
      root("ErrorResponse") +
      `<Error><Type>${type}</Type><Code>Some</Code><Message>&lt;why&gt;</Message></Error>` +
      `<RequestId>${requestId}</RequestId></ErrorResponse>\n`,
  });
});
