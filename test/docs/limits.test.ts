// docs/limits.md cannot go stale: each number in its tables is the source's, each key is the schema's, each code is one that
// callers get. Bounds that are AWS's alone, which no line of ours holds, are listed here by name.
import { readFileSync } from "node:fs";
import { capacityOf, problemCodes } from "./problem-codes.js";
import { codeSpans, tableRows } from "./page-tables.js";
import { otherBounds } from "./other-bounds.js";
import { askedFor, boundsInSource, constant, matched, secondsOf } from "./source-numbers.js";

const page = readFileSync("docs/limits.md", "utf8");
const rows = tableRows(page, ["What", "Bound", "Beyond it", "Whose", "Change it"]).map(
  ({ section, cells }) => ({
    title: cells.What ?? "",
    name: `${section}: ${cells.What ?? ""}`,
    bound: cells.Bound ?? "",
    beyond: cells["Beyond it"] ?? "",
    whose: cells.Whose ?? "",
    change: cells["Change it"] ?? "",
  }),
);

/** The schema says low, high and default; the page has the default first. */
const defaultFirst = ([low, high, usual]: readonly number[]) => [usual, low, high];
const seconds = (file: string, name: string) => constant(file, name) / 1000;
const minutes = (file: string, name: string) => constant(file, name) / 60_000;
const [tries = NaN] = matched("adapters/role-sessions", /maxAttempts: (\d+)/);
const sessionsHeld = constant("adapters/bounded-map", "maxEntries");
const [issuersMost, rolesMost, routesMost, authorizersMost] = matched(
  "config/schema",
  /issuers: [^;]*?\.max\((\d+)\)[^;]*?roles: [^;]*?\.max\((\d+)\)[^;]*?routes: [^;]*?\.max\((\d+)\)[^;]*?authorizers: [^;]*?\.max\((\d+)\)/,
);
const roleMost = (key: string) =>
  matched("config/role-schema", new RegExp(`\\b${key}: z\\n[^;]*?\\.max\\((\\d+)\\)`));
const [deadline = NaN, answerBytes] = matched(
  "adapters/fetch-json",
  /deadlineMs = ([\d_]+), maxBytes = ([\d_]+)/,
);
/** Of `name = text(pattern, LENGTH, ...)`, or `name: text(...)`. */
const textLength = (file: string, name: string) =>
  matched(file, new RegExp(`${name}(?: =)? text\\([^;]*?,\\s+(\\d+),\\s`));
const routeDuration = (key: string) =>
  matched("config/route-schema", new RegExp(`\\b${key}: duration\\(("\\w+"), ("\\w+")\\)`));
const [callDefault = NaN] = matched(
  "config/route-schema",
  /timeout: duration\("1s", "15m"\)\.prefault\(("\w+")\)/,
);
const limitNumbers = (key: string) =>
  matched("config/rate-limit-schema", new RegExp(`\\b${key}: integer\\((\\d+), ([\\d_]+)\\)`));
const limitDuration = matched("config/rate-limit-schema", /\bper: duration\(("\w+"), ("\w+")\)/);
const eventBytes = matched("core/outgoing-call", /=== "Event" \? ([\d_]+) : ([\d_]+)/);
const celValues = [constant("core/cel-values", "maxValues"), constant("core/cel-values", "maxDepth")];
const [exchangeMs = NaN, exchangeBytes] = matched(
  "adapters/exchange-json",
  /deadlineMs = ([\d_]+), maxBytes = ([\d_]+)/,
);
const [nodes, lists, maps] = matched(
  "core/cel",
  /maxAstNodes: (\d+),[^}]*maxListElements: (\d+),\s+maxMapEntries: (\d+)/,
);

/** By the row's title: the numbers of `Bound`, in the page's order, then those of `Change it`. */
const held: Readonly<Record<string, readonly (number | undefined)[]>> = {
  Body: [constant("config/schema", "maxBodyBytes")],
  "Event made of it, behind `invoke`": [eventBytes[1], eventBytes[0]],
  "Bodies held at one time, all calls": matched("config/schema", /bufferedBytes: [^;]*?prefault\(([\d_]+)\)/),
  Token: defaultFirst(
    matched("config/schema", /tokenBytes: integer\((\d+), ([\d_]+)\)\.prefault\(([\d_]+)\)/),
  ),
  Head: [constant("main", "otherHeaderBytes")],
  "Head's arrival": matched("listener", /headersTimeoutMs \?\? ([\d_]+)/).map((ms) => ms / 1000),
  "Body's arrival": [seconds("adapters/request-body", "defaultArrivalMs")],
  "Arrival of all of it, read or thrown away": matched("listener", /requestTimeoutMs \?\? ([\d_]+)/).map(
    (ms) => ms / 1000,
  ),
  "Requests that wait on one connection": [constant("adapters/pipelining", "maxWaiting")],
  "Body that is not wanted": [constant("adapters/request-body", "passedOverBytes")],
  "Caller who still sends when refused": [seconds("express-bridge", "lingerMs")],
  "Path in the log": [constant("http-names", "maxLoggedPath")],
  "`tracestate` that is passed on": [constant("core/trace-context", "maxTraceState")],
  "Header names that a preflight asks for": [constant("core/cors", "maxEchoedLength")],
  "Form at `/sts`": [
    constant("core/sts-form", "otherFormBytes"),
    constant("core/sts-form", "maxParameters"),
    seconds("read-form", "formArrivalMs"),
  ],
  "Forms at `/sts` at one time": matched("read-form", /bufferedBytes \/ (\d+) \/ formBytes/).map(
    (part) => 1 / part,
  ),

  "The whole call": [callDefault / 60, ...routeDuration("timeout")],
  "Silence within an answer": routeDuration("idleTimeout"),
  "Comment lines in a silent event stream": routeDuration("heartbeat"),
  "Connecting to the function's host": [seconds("adapters/upstream", "connectTimeoutMs")],
  "A connection that is refused": matched("adapters/upstream", /refusedWaitsMs = \[(\d+), (\d+)\]/),
  "TCP keep-alive, both sides": [seconds("listener", "keepAliveProbeMs")],
  "Idle connection of a client": [constant("listener", "keepAliveTimeoutMs") / 60_000],
  "Buffered answer behind `invoke`": [constant("invoke-answer", "maxPayloadBytes")],
  "Header fields of such an answer": [constant("core/function-answer", "maxSectionBytes")],
  "Metadata of a streamed one": [constant("core/stream-prelude", "maxPreludeBytes")],
  "One frame of it": [constant("core/invoke-frames", "maxPayloadBytes")],
  "A function's error in the log": [constant("core/function-error", "maxCauseLength")],
  "AWS's words of a refusal in the log": [constant("proxy", "maxMessageLength")],
  "Identity header (`headers` of a route)": [
    constant("core/identity-headers", "maxIdentityHeaderLength"),
    ...matched("config/route-schema", /names\.length > (\d+)/),
  ],
  "`Retry-After` of Lambda that is handed on": [constant("core/aws-denial", "maxRetryAfterSeconds")],
  "Log tail in a line (`logTail`)": [constant("invoke-answer", "maxLogTailBytes")],
  "Drain after SIGTERM": defaultFirst(
    matched("config/schema", /drain: duration\(("\w+"), ("\w+")\)\s+\.prefault\(("\w+")\)/),
  ),

  Life: [
    constant("core/assume-role-input", "stsFloorSeconds"),
    ...matched("config/role-schema", /duration: duration\("15m", ("12h")\)/).map((value) => value / 3_600),
    constant("core/assume-role-input", "chainedLimitSeconds"),
    ...matched("config/role-schema", /duration: duration\(("\w+"), ("\w+")\)/),
  ],
  "Session policy": [constant("core/compile-policy", "maxPolicyLength")],
  "Statements of a role's `policy`": roleMost("policy"),
  "Actions or resources of one": matched(
    "config/statement-schema",
    /z\.array\(item\)\.min\(1\)\.max\((\d+)\)/,
  ),
  "`policyArns`": roleMost("policyArns"),
  Tags: [
    ...matched("config/role-schema", /keys\.length > (\d+)/),
    ...textLength("config/role-schema", "const tagKey"),
    constant("core/identifier", "maxTagValueLength"),
  ],
  "Policy and tags, packed": [
    constant("adapters/packed-policy-warning", "warnFrom"),
    seconds("adapters/packed-policy-warning", "quietMs"),
  ],
  "Session name, source identity": matched("core/identifier", /identifierLength = \{ min: 2, max: (\d+) \}/),
  "A role's ARN, its slots filled": [constant("core/role-arn", "maxRoleArnLength")],
  "Sessions held": [sessionsHeld],
  "One AssumeRole": [tries, seconds("adapters/role-sessions", "deadlineMs")],
  "AssumeRole calls of one caller": capacityOf(),
  "Callers whose budget is remembered": [sessionsHeld],
  "A refusal of STS": [seconds("obtain-session", "refusalLifeMs"), sessionsHeld],
  Renewal: [minutes("core/renewal-times", "renewBeforeMs"), constant("core/renewal-times", "renewalSpread")],
  "Renewal, grant door": [
    minutes("core/renewal-times", "renewGrantBeforeMs"),
    minutes("core/renewal-times", "grantedLifeMs"),
    seconds("obtain-session", "patienceMs"),
  ],
  "A renewal that failed": [seconds("obtain-session", "renewAgainMs")],
  "A session that AWS refused a call for": [seconds("doubt-session", "doubtAfterMs")],
  "Last minute of a session": [seconds("core/renewal-times", "minimumLifeMs")],

  "Verified tokens held": [
    constant("adapters/verified-tokens", "maxTokens"),
    constant("adapters/verified-tokens", "maxCharacters"),
  ],
  "Clock tolerance": defaultFirst(
    matched("config/issuer-schema", /clockToleranceSeconds: integer\((\d+), (\d+)\)\s+\.prefault\((\d+)\)/),
  ),
  "Key id": [constant("core/jose-header", "maxKidChars")],
  "JSON of a token": [constant("core/strict-json", "maxDepth")],
  "Claims that CEL reads": celValues,
  "RSA keys": [constant("core/select-key", "minModulusBits")],
  "Age of an issuer's keys": [
    minutes("adapters/issuer-keys", "refreshAfterMs"),
    minutes("adapters/issuer-keys", "waitAfterMs"),
    minutes("adapters/issuer-keys", "keepForMs") / 60,
  ],
  "A key id that is not in the set": [seconds("adapters/issuer-keys", "unknownKeyCoolDownMs")],
  "A fetch of keys that failed": [seconds("adapters/issuer-keys", "failurePauseMs")],
  "An answer of an issuer": [deadline / 1000, answerBytes],
  "DPoP proof": [
    constant("core/dpop-proof", "maxProofBytes"),
    constant("core/dpop-proof", "maxAgeSeconds"),
    constant("core/dpop-proof", "maxJtiChars"),
  ],
  "DPoP proofs remembered": [constant("adapters/proof-replays", "maxProofs")],
  "DPoP proofs of one caller": [constant("adapters/proof-replays", "callerShare")],
  "A signature at `/sts`": [minutes("core/verify-signed", "clockWindowMs")],
  "A DPoP nonce": [1, 2].map((slots) => slots * constant("core/dpop-nonce", "slotSeconds")),

  Answer: [constant("adapters/authorizer-answer-text", "maxAnswerBytes")],
  "Time for it": defaultFirst(
    matched("config/authorizer-schema", /timeout: duration\(("\w+"), ("\w+")\)\.prefault\(("\w+")\)/),
  ),
  "A decision's life": defaultFirst(
    matched("config/authorizer-schema", /ttlSeconds: integer\((\d+), (\d+)\)\s+\.prefault\((\d+)\)/),
  ),
  "Decisions held": [sessionsHeld],
  "Identity sources": matched(
    "config/authorizer-schema",
    /parseIdentitySource\)\)[^;]*?\.max\((\d+)\)/,
  ).concat(matched("config/authorizer-schema", /error: sourceAllowed \}\)\.max\((\d+)\)/)),
  "Statements of its policy": [constant("core/authorizer-policy", "maxStatements")],
  "Its context": celValues,
  "Lambda's words in the log; a module's line": [
    constant("core/first-line", "maxLineLength"),
    constant("adapters/authorizer-thread", "maxLineLength"),
  ],
  "Threads of a module": [
    constant("adapters/authorizer-module", "maxThreads"),
    constant("adapters/authorizer-thread", "maxOldGenerationSizeMb"),
  ],
  "Start of a thread": [seconds("adapters/authorizer-module", "startTimeoutMs")],

  Document: [constant("config/source", "maxDocumentLength")],
  "Issuers, authorizers": [issuersMost],
  "Roles, routes": [rolesMost],
  "CEL expression": [
    constant("core/cel", "maxExpressionLength"),
    nodes,
    lists,
    maps,
    constant("core/cel-screen", "maxWalks"),
  ],
  "Name of an issuer, of an authorizer": textLength("config/issuer-schema", "name:"),
  "Name of a role, a route, a rate limit": textLength("config/fields", "const shortName"),
  "Audiences of an issuer; scopes of a route; origins of a `cors`": [
    ...matched("config/issuer-schema", /audienceAllowed \}\)[^;]*?\.max\((\d+)\)/),
    ...matched("config/issuer-schema", /z\.string\(\)\.min\(1\)\.max\((\d+)\), \{ error: audienceAllowed/),
    ...matched("config/route-schema", /z\s+\.array\(scopeToken\)\s+\.max\((\d+)\)/),
    ...textLength("config/route-schema", "const scopeToken"),
    ...matched("config/cors-schema", /z\.array\(corsOrigin\)\.min\(1\)\.max\((\d+)\)/),
    ...textLength("config/cors-schema", "const corsOrigin"),
  ],
  "`listen.trustProxy`": matched(
    "config/schema",
    /integer\(0, (\d+)\), z\.array\(address\)\.min\(1\)\.max\((\d+)\)/,
  ),
  "`listen.origins`": matched(
    "config/schema",
    /origins: z\s+\.array\(origin\)\s+\.min\(1\)\s+\.max\((\d+)\)/,
  ),
  "`stageVariables` of an authorizer": [
    ...textLength("config/authorizer-schema", "const stageVariableName"),
    ...textLength("config/authorizer-schema", "const stageVariableValue"),
  ],
  "Levels; aliases of YAML": [
    constant("config/environment", "maxDepth"),
    ...matched("config/source", /maxAliasCount: (\d+)/),
  ],
  URL: matched("config/fields", /protectedUrl = z\s+\.string\([^)]*\)\s+\.max\((\d+)\)/),
  "Route key": [
    ...matched("config/route-schema", /export const routeKey = z\s+\.string\([^)]*\)\s+\.max\((\d+)\)/),
    constant("core/route-key", "maxSegments"),
  ],

  "A role's probe for `/readyz`": [
    constant("adapters/probe-roles", "probesAtOnce"),
    minutes("adapters/probe-roles", "probeAgainMs"),
    seconds("adapters/probe-roles", "firstRetryMs"),
    seconds("adapters/probe-roles", "longestRetryMs"),
  ],
  "Lines of the log that nobody reads": matched("adapters/log", /maxLength: ([\d* ]+),/),
  "Traces and metrics at the end": [seconds("adapters/telemetry", "flushMs")],
  "ECS's agent": [
    ...matched("adapters/task-protection", /deadlineMs = ([\d_]+)/).map((ms) => ms / 1000),
    constant("adapters/task-protection", "maxAnswerBytes"),
  ],

  "Protection of its ECS task": matched(
    "core/task-protection",
    /lookMs: ([\d_]+),[^}]*expiresInMinutes: (\d+),[^}]*longestMs: (\d+) \* 60_000,\s+yieldMs: (\d+) \* 60_000,/,
  ).map((value, at) => (at === 0 ? value / 1000 : value)),

  "`grantway test`, a file of cases": [
    constant("cli/case-file", "maxFileLength"),
    ...matched("cli/case-file", /cases: z\.array\(caseSchema\)\.min\(1\)\.max\(([\d_]+)\)/),
  ],
  "`grantway credentials`, its token file": [constant("cli/credentials-ports", "maxFileBytes")],
  "`grantway credentials`, each answer": [exchangeMs / 1000, exchangeBytes],
  "Calls of one key in a window": [...limitNumbers("requests"), ...limitDuration],
  "Calls of one key in flight": limitNumbers("inFlight"),
  "Keys counted in one process": [constant("adapters/call-windows", "maxKeys"), sessionsHeld],
  Valkey: [seconds("adapters/valkey-client", "connectMs"), constant("config/compile-rate-limit", "answerMs")],
  "Valkey after a failure": [
    seconds("adapters/valkey-link", "firstRetryMs"),
    seconds("adapters/valkey-link", "longestRetryMs"),
  ],
  "Rate limits": matched("config/schema", /rateLimits: [^;]*?\.max\((\d+)\)/),
  "`grantway credentials`, the sign-in": [constant("device-login/device-flow", "maxWaitSeconds")],
  "`grantway credentials`, what is kept": [
    constant("device-login/private-file", "maxBytes"),
    constant("device-login/tokens", "maxTokenChars"),
  ],
  "`grantway doctor`, each answer of AWS": [
    ...matched("cli/doctor-ports", /requestTimeoutMs = ([\d_]+)/).map((ms) => ms / 1000),
    constant("doctor/readers/bound-answer", "mostBytes"),
  ],
};

/** Nothing of ours holds these: AWS would refuse. */
const awsAlone = new Set(["Buffered answer of a function URL", "Streamed answer"]);

/** `6,291,456`, `1/4`, `15m30s` (in seconds), `0.7`. Code spans are names: only those of `Change it` that follow a comma count. */
const numbersIn = (text: string): number[] =>
  Array.from(
    text.replace(/`[^`]*`/g, "").matchAll(/\b(?:(\d+)\/(\d+)|((?:\d+[hms])+)|(\d[\d,]*(?:\.\d+)?))(?!\w)/g),
  ).map(([, over, under, duration, plain = ""]) => {
    if (over !== undefined && under !== undefined) return Number(over) / Number(under);
    return duration === undefined ? Number(plain.replaceAll(",", "")) : secondsOf(duration);
  });

test("every row has its numbers in this file, and every one here has its row", () => {
  const titles = rows.map(({ title }) => title);
  expect(titles.toSorted()).toEqual([...Object.keys(held), ...awsAlone].toSorted());
  expect(new Set(rows.map(({ whose }) => whose))).toEqual(new Set(["ours", "AWS"]));
});

test.each(rows.filter(({ title }) => !awsAlone.has(title)))("$name", ({ title, bound, change }) => {
  expect([...numbersIn(bound), ...numbersIn(change)]).toEqual(held[title]);
});

test("every constant of the source that bounds something is on the page, or it is said why not", () => {
  const bounds = boundsInSource();
  expect(bounds.length).toBeGreaterThan(80);
  const isTold = (bound: string): boolean => askedFor.has(bound) || bound in otherBounds;
  expect(bounds.filter((bound) => !isTold(bound))).toEqual([]);
  expect(Object.keys(otherBounds).filter((bound) => !bounds.includes(bound))).toEqual([]);
});

test("what stands together is the same for both", () => {
  expect([authorizersMost, routesMost]).toEqual([issuersMost, rolesMost]);
  expect(textLength("config/authorizer-schema", "name:")).toEqual(
    textLength("config/issuer-schema", "name:"),
  );
  expect(constant("adapters/upstream", "keepAliveProbeMs")).toBe(constant("listener", "keepAliveProbeMs"));
});

test("every key that changes a bound is in the schema", () => {
  const schema = readFileSync("server/config/gateway.schema.json", "utf8");
  const keys = rows.flatMap(({ change }) => codeSpans(change)).flatMap((path) => path.split("."));
  expect(keys.length).toBeGreaterThan(10);
  expect(keys.filter((key) => !schema.includes(`"${key}":`))).toEqual([]);
});

test("every code is one that callers get", () => {
  const codes = rows
    .flatMap(({ beyond }) => codeSpans(beyond))
    .filter((code) => /^[a-z]+_[a-z_]+$|^[a-z]+ed$/.test(code));
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !problemCodes.has(code))).toEqual([]);
});
