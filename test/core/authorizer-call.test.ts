// A custom authorizer believes what API Gateway writes: no client writes it, in whatever spelling.
import { authorizerEvent } from "../../server/core/authorizer-event.js";
import { authorizerWith, callOf, restAuthorizer } from "../fixtures/authorizer.js";

const spellings = [
  ...["X-Forwarded-For", "X_Forwarded_For", "x-forwarded_for", "X_FORWARDED-FOR", "x_forwarded_port"],
  ...["X-Forwarded-Host", "Forwarded", "X-Amzn-Trace-Id", "x_amzn_trace_id", "X-Amzn_Trace-Id"],
];

test.each(spellings)("%s of a client is not in the event", (name) => {
  const call = callOf("/partner/a", { headers: [name, "198.51.100.66", "X-Api-Key", "key-7"] });
  for (const authorizer of [authorizerWith(), restAuthorizer(), authorizerWith({ payloadVersion: "1.0" })]) {
    const event = JSON.stringify(authorizerEvent({ authorizer, call, identity: ["key-7"], now: 0 }));
    expect(event).not.toContain("198.51.100.66");
    expect(event).toContain("key-7");
  }
});

test("a field that is only like one of these passes", () => {
  const call = callOf("/partner/a", { headers: ["X-Forward", "1", "Forwarded-By", "2"] });
  expect(call.headers).toEqual(expect.arrayContaining(["X-Forward", "1", "Forwarded-By", "2"]));
});
