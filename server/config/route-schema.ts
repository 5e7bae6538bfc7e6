// One entry of `routes`: which calls go where, who may make them, and through which doors.
import { z } from "zod";
import { parseRouteKey } from "../core/route-key.js";
import { accept } from "../core/result.js";
import { corsSchema } from "./cors-schema.js";
import { callVariables, duration, expression, parsedBy, shortName, text } from "./fields.js";
import { targetSchema } from "./target-schema.js";

export const routeKey = z
  .string({ error: "must be a route key such as GET /reports/{id}, ANY /files/{proxy+} or $default" })
  .max(1024)
  .transform(
    parsedBy((key) => {
      const parsed = parseRouteKey(key);
      return parsed.ok ? accept({ key, ...parsed.value }) : parsed;
    }),
  );

// What the gateway itself sets, signs or strips (RFC 9110 section 7.6.1 for the connection's own fields).
const controlledHeader = new RegExp(
  `^(?:${[
    "connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect",
    "host|content-length|authorization|date|x-amz-.*|x-amzn-.*",
    "forwarded|x-forwarded-.*|via|x-request-id",
  ].join("|")})$`,
  "i",
);

const headerName = text(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 128, "must be a header name").refine(
  (name) => !controlledHeader.test(name),
  { error: "is a header that the gateway itself controls" },
);

// RFC 6749 section 3.3.
const scopeToken = text(
  /^[!#-[\]-~]+$/,
  256,
  "must be a scope: printable characters without space, quote and \\",
);

const headersSchema = z
  .record(headerName, expression({ type: "string", variables: callVariables }))
  .superRefine((headers, context) => {
    const names = Object.keys(headers);
    if (names.length > 32) context.addIssue({ code: "custom", message: "may have at most 32 headers" });
    const lower = names.map((name) => name.toLowerCase());
    for (const [index, name] of names.entries()) {
      if (lower.indexOf(name.toLowerCase()) === index) continue;
      context.addIssue({ code: "custom", path: [name], message: "is there twice: case does not count" });
    }
  });

export const routeSchema = z.strictObject({
  route: routeKey.describe(
    "API Gateway's route keys: METHOD /path/{id}, {proxy+} as last segment, or $default.",
  ),
  name: shortName.exactOptional().describe("For /grant/{name}, logs and metrics. Left out: the route key."),
  roles: z
    .array(z.string())
    .min(1, { error: "must name at least one role; left out: all roles" })
    .max(1000)
    .exactOptional()
    .describe("Which roles may be assumed for it. Left out: all."),
  authorizer: z
    .string()
    .exactOptional()
    .describe("Name of the entry of `authorizers` that says who is calling, in place of the issuers."),
  scopes: z
    .array(scopeToken)
    .max(100)
    .prefault([])
    .describe("The caller needs at least one of them in `scope` or `scp`. Left out: none is needed."),
  target: targetSchema.describe("The AWS endpoint behind the route."),
  doors: z
    .array(z.enum(["proxy", "grant"]))
    .min(1)
    .max(2)
    .prefault(["proxy", "grant"])
    .describe("proxy: sign and relay the call. grant: hand the session to the caller."),
  timeout: duration("1s", "15m").prefault("15m").describe("For the whole call."),
  idleTimeout: duration("1s", "15m")
    .exactOptional()
    .describe("Longest silence between bytes of the answer, once it has begun. Left out: `timeout` alone."),
  heartbeat: duration("1s", "5m")
    .exactOptional()
    .describe("A silent text/event-stream gets a comment line this often, so that proxies keep it open."),
  cors: corsSchema
    .nullable()
    .exactOptional()
    .describe(
      "Which web pages may call. null: the function answers for CORS. Left out: the top-level `cors`.",
    ),
  restoreRemappedHeaders: z
    .boolean()
    .prefault(false)
    .describe("true: an answer's `x-amzn-remapped-NAME` becomes `NAME` again, where it has none of its own."),
  headers: headersSchema
    .prefault({})
    .describe("Set on the relayed request: CEL for each value. Inbound headers of these names are removed."),
});
export type RouteEntry = z.output<typeof routeSchema>;
