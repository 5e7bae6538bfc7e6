import { clientErrorType, serverErrorType } from "../../server/adapters/telemetry-error-types.js";

type Ended = readonly [verdict: string, status: number | undefined, fault: string | undefined];
const exchange = ([verdict, status, fault]: Ended) => ({ verdict, status, fault });

describe("a caller's request", () => {
  test.each<[string, Ended, string | undefined]>([
    ["that the function answered", ["complete", 200, undefined], undefined],
    ["with a status just below an error's", ["complete", 499, undefined], undefined],
    ["that the function answered with a 5xx", ["complete", 500, undefined], "500"],
    ["that was refused for the caller's fault", ["complete", 403, "role_not_granted"], undefined],
    ["that was refused for another's fault", ["complete", 502, "function_failed"], "function_failed"],
    ["whose function failed before an answer", ["function_error", 502, "function_failed"], "function_failed"],
    ["whose answer broke off", ["truncated", 200, undefined], "truncated"],
    ["whose caller left", ["client_gone", 200, undefined], undefined],
    ["whose caller left before an answer", ["client_gone", 499, "client_gone"], undefined],
  ])("%s is of the right type", (_what, ended, type) => {
    expect(serverErrorType(exchange(ended))).toBe(type);
  });
});

describe("a call to a function", () => {
  test.each<[string, Ended, string | undefined]>([
    ["that is answered", ["complete", 200, undefined], undefined],
    ["with a status just below an error's", ["complete", 399, undefined], undefined],
    ["with a status that is just one", ["complete", 400, undefined], "400"],
    ["that AWS refuses", ["complete", 429, "rate_exceeded"], "429"],
    ["that came to nothing, before a status", ["truncated", undefined, "upstream_unreachable"], "truncated"],
    ["whose function failed", ["function_error", 200, "function_failed"], "function_error"],
    ["whose answer is none of Lambda's", ["complete", 302, "upstream_refused"], "upstream_refused"],
    ["whose caller left", ["client_gone", undefined, "client_gone"], undefined],
    ["whose caller left in its answer", ["client_gone", 200, undefined], undefined],
    ["whose caller left in its error page", ["client_gone", 500, undefined], "500"],
  ])("%s is of the right type", (_what, ended, type) => {
    expect(clientErrorType(exchange(ended))).toBe(type);
  });
});
