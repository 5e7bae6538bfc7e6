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
  .refine(({ requests, per }) => requests !== undefined || per === undefined, {
    path: ["requests"],
    error: "requests and per belong together",
  })
  .refine(({ requests, per }) => requests === undefined || per !== undefined, {
    path: ["per"],
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

const password = z.unknown().transform((value, context): string => {
  if (typeof value === "string" && value.length > 0 && value.length <= 1024) return value;
  const hint = typeof value === "number" ? "; digits alone stand in quotes" : "";
  context.addIssue({
    code: "custom",
    message: `must be text of 1 to 1024 characters${hint}`,
    params: secret,
  });
  return z.NEVER;
});

const valkeyMapping = z
  .strictObject({
    url: valkeyUrl
      .describe("Where Valkey or Redis is. Not encrypted only on loopback, and at names without a dot.")
      .meta({ type: "string", examples: ["rediss://user@cache.example.com:6379"] }),
    password: password
      .meta({ type: "string", description: "As it is, not percent-encoded. Best from ${env.NAME}." })
      .exactOptional(),
    prefix: text(/^[\w:.{}-]+$/, 64, "must be letters, digits, `_`, `:`, `.`, `-`, `{` and `}`, at most 64")
      .prefault("grantway:")
      .describe("Stands before each key there."),
  })
  .refine(({ url, password: beside }) => beside === undefined || url.password === undefined, {
    path: ["password"],
    error: "is in url already",
    params: secret,
  });

/** The URL itself, in place of the mapping, is an easy mistake. */
export const valkeySchema = z.preprocess((value, context) => {
  if (typeof value === "object" && value !== null) return value;
  context.addIssue({ code: "custom", message: "must be a mapping with a url", params: secret });
  return z.NEVER;
}, valkeyMapping);
export type ValkeyEntry = z.output<typeof valkeySchema>;
