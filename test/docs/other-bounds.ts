// Numbers in the source that are named like bounds and have no row in docs/limits.md, each with the reason why.
const within = "a part of a bound that is there: ";
const shape = "the shape of a format, nothing that can be exceeded";
const inTheLog = "how much of a text from outside a line of the log or a fault quotes";

export const otherBounds: Readonly<Record<string, string>> = {
  "authorize mintingSlackSeconds": within + "a grant's end is the token's",
  "invoke-answer maxErrorBytes": within + "a function's error in the log",
  "listener idleGraceMs": within + "the drain",
  "listener lastWordsMs": within + "the drain",
  "adapters/connection-errors lingerMs": within + "a caller who still sends when refused",
  "adapters/load-lines everyMs": "how often a line is written",
  "adapters/response-sink defaultFlushMs":
    "what is on its way out when an answer breaks gets this long to leave",
  "adapters/telemetry quietMs": "how often a line is written",
  "adapters/upstream keepAliveProbeMs": "held beside the listener's",
  "cli/doctor mostNames": "how many routes are named where one is unknown",
  "cli/lint shortestGrantSeconds": "what a warning begins at; docs/credentials.md has it",
  "cli/serve lingerMs": within + "the drain",
  "config/fault maxShown": inTheLog,
  "config/source maxSyntaxFaults": "how many faults of syntax are told at once",
  "core/authorizer-policy maxNameChars": inTheLog,
  "core/authorizer-secrets maxOthers": "docs/authorizers.md has it",
  "core/authorizer-secrets minLength": "docs/authorizers.md has it",
  "core/authorizer-secrets tellingLength": inTheLog,
  "core/invoke-frames preludeBytes": shape,
  "core/invoke-frames checksumBytes": shape,
  "core/invoke-frames maxHeaderBytes": within + "one frame",
  "core/invoke-frames maxKeptBytes": within + "one frame",
  "core/policy-grammar maxActionLength": within + "the session policy",
  "core/quoted maxQuotedChars": inTheLog,
  "core/registered-claims maxNumericDate": shape,
  "core/remember-per-caller maxRoutes": "a memory that costs time where it is left out, and nothing else",
  "core/stream-prelude delimiterBytes": shape,
  "core/task-protection maxWords": inTheLog,
  "device-login/device-flow defaultIntervalSeconds": "RFC 8628's own, between two questions at the provider",
  "device-login/device-flow minIntervalSeconds": within + "the sign-in",
  "device-login/device-flow maxIntervalSeconds": within + "the sign-in",
  "device-login/lock staleAfterMs": "when a lock is that of a dead process",
  "device-login/lock lookEveryMs": "how often a lock is looked at",
  "device-login/lock maxWaitMs": "another process's sign-in, which has its bound",
  "device-login/tokens minuteMs": "a minute",
  "device-login/tokens renewBeforeMs": "docs/credentials.md has it",
};
