// The configuration document: the one description of it. Types are inferred from here, the JSON Schema for editors is
// generated from here. What lies between entries (unknown roles, overlapping routes) is cross-check.ts.
import { isIP } from "node:net";
import { z } from "zod";
import { authorizerSchema } from "./authorizer-schema.js";
import { corsSchema } from "./cors-schema.js";
import { duration, integer, origin, region, text } from "./fields.js";
import { issuerSchema } from "./issuer-schema.js";
import { rateLimitSchema, valkeySchema } from "./rate-limit-schema.js";
import { roleSchema } from "./role-schema.js";
import { routeSchema } from "./route-schema.js";

const stsSchema = z.strictObject({
  region: region.describe("Region of the STS endpoint that AssumeRole is sent to."),
  endpoint: origin
    .exactOptional()
    .describe("Overrides the endpoint, for tests, the local twin and VPC endpoints."),
});

const address = z
  .string()
  .max(64)
  .refine((value) => isAddress(value), { error: "must be an IP address or a CIDR block such as 10.0.0.0/8" });

function isAddress(value: string): boolean {
  const [ip = "", prefix, ...rest] = value.split("/");
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(ip) as 0 | 4 | 6];
  if (bits < 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
}

const port = integer(0, 65535);

const listenSchema = z
  .strictObject({
    host: text(/^[A-Za-z0-9.:-]+$/, 253, "must be an IP address or a host name")
      .prefault("0.0.0.0")
      .describe("Address to listen on."),
    port: port.prefault(8080).describe("Port of the doors; 0 means any free one. PORT overrides it."),
    adminPort: port.prefault(8081).describe("Port of /livez, /readyz and /metrics. ADMIN_PORT overrides it."),
    trustProxy: z
      .union([integer(0, 32), z.array(address).min(1).max(100)])
      .prefault(0)
      .describe("How many proxies stand in front, or their addresses: whose X-Forwarded-* is believed."),
    origins: z
      .array(origin)
      .min(1)
      .max(100)
      .exactOptional()
      .describe(
        "What clients write before the path: a DPoP proof must name one of these. Left out: as Host says.",
      )
      .meta({ examples: [["https://api.example.com"]] }),
    drain: duration("0s", "1h")
      .prefault("15m30s")
      .describe("How long calls in flight may go on after SIGTERM."),
    drainMayCut: z
      .boolean()
      .prefault(false)
      .describe("true: `drain` may be shorter than a route's timeout. Else /readyz says 503 to that."),
  })
  .refine(({ port, adminPort }) => port !== adminPort || port === 0, {
    path: ["adminPort"],
    error: "must differ from port",
  });

/** Lambda's own limit for a request: 6 MB. */
const maxBodyBytes = 6_291_456;

const limitsSchema = z
  .strictObject({
    bodyBytes: integer(0, maxBodyBytes).prefault(maxBodyBytes).describe("Largest request body."),
    bufferedBytes: integer(0, 2 ** 40)
      .prefault(268_435_456)
      .describe("Request bodies held in memory at once, all calls together."),
    tokenBytes: integer(256, 65_536).prefault(16_384).describe("Largest bearer token."),
  })
  .refine(({ bodyBytes, bufferedBytes }) => bufferedBytes >= bodyBytes, {
    path: ["bufferedBytes"],
    error: "must be at least bodyBytes: else no such body could be held",
  });

export const configurationSchema = z
  .strictObject({
    issuers: z
      .array(issuerSchema)
      .max(100)
      .describe("Whose tokens are accepted. [] where every route has an authorizer."),
    roles: z
      .array(roleSchema)
      .min(1)
      .max(1000)
      .describe("In order: the first that the route allows and whose `when` holds is assumed."),
    routes: z.array(routeSchema).min(1).max(1000).describe("The ways to what is behind the gateway."),
    authorizers: z
      .array(authorizerSchema)
      .max(100)
      .prefault([])
      .describe("Lambda authorizers, for routes that name one with `authorizer`."),
    rateLimits: z
      .array(rateLimitSchema)
      .max(100)
      .prefault([])
      .describe("How many calls a caller may make. In order: the first that is used up refuses."),
    valkey: valkeySchema
      .exactOptional()
      .describe("One count of `rateLimits` for all replicas. Left out: each process counts for itself."),
    sts: stsSchema.describe("Where sessions come from."),
    cors: corsSchema
      .exactOptional()
      .describe("Which web pages may call, on routes without a `cors` of their own. Left out: none."),
    listen: listenSchema.prefault({}).describe("Where the gateway listens."),
    limits: limitsSchema.prefault({}).describe("Bounds on what one caller can make the gateway hold."),
  })
  .meta({ title: "Grantway configuration", description: "Strings may hold ${env.NAME}, replaced at load." });

export type Configuration = z.output<typeof configurationSchema>;
