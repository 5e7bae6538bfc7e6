// `rateLimits` and `valkey`: how many calls whom, and where they are counted.
import { z } from "zod";
import { parseValkeyUrl, type ValkeyServer } from "../core/valkey-url.js";
import { callVariables, duration, expression, integer, shortName, text } from "./fields.js";

export const rateLimitSchema = z
  .strictObject({
    name: shortName.describe("In the log, in metrics and in the cause of a refusal."),
    key: expression({ type: "any", variables: callVariables })
      .describe("CEL: callers of one issuer for whom it gives the same text or number share a count.")
      .meta({ examples: ["claims.tenant", "claims.sub"] }),
    when: expression({ type: "bool", variables: callVariables })
      .exactOptional()
      .describe("CEL: only for these callers. Left out: for all."),
    routes: z
      .array(z.string().min(1).max(1024))
      .min(1)
      .max(1000)
      .exactOptional()
      .describe("Names of routes, or the route keys of those without one. Left out: all."),
    requests: integer(1, 1_000_000_000).exactOptional().describe("Calls in `per`."),
    per: duration("1s", "24h")
      .exactOptional()
      .describe("How long a window is. It begins with a key's first call."),
    inFlight: integer(1, 1_000_000).exactOptional().describe("Calls at the same time, in each process."),
  })
  .refine(({ requests, per }) => (requests === undefined) === (per === undefined), {
    error: "requests and per belong together",
  })
  .refine(({ requests, per, inFlight }) => (requests ?? per ?? inFlight) !== undefined, {
    error: "needs requests and per, or inFlight, or both",
  });
export type RateLimitEntry = z.output<typeof rateLimitSchema>;

/** A fault here must not quote the value. */
const secret = { isSecret: true };

const valkeyUrl = z.unknown().transform((value, context): ValkeyServer => {
  const parsed = parseValkeyUrl(typeof value === "string" ? value : "");
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: "custom", message: parsed.denial, params: secret });
  return z.NEVER;
});

const password = z.string().refine((value) => value.length > 0 && value.length <= 1024, {
  error: "must be text of 1 to 1024 characters",
  params: secret,
});

export const valkeySchema = z
  .strictObject({
    url: valkeyUrl
      .describe("Where Valkey or Redis is. Not encrypted only on loopback, and at names without a dot.")
      .meta({ type: "string", examples: ["rediss://user@cache.example.com:6379"] }),
    password: password.exactOptional().describe("As it is, not percent-encoded. Best from ${env.NAME}."),
    prefix: text(/^[\w:.{}-]+$/, 64, "must be letters, digits, `_`, `:`, `.`, `-`, `{` and `}`, at most 64")
      .prefault("grantway:")
      .describe("Stands before each key there."),
  })
  .refine(({ url, password: beside }) => beside === undefined || url.password === undefined, {
    path: ["password"],
    error: "is in url already",
    params: secret,
  });
export type ValkeyEntry = z.output<typeof valkeySchema>;
