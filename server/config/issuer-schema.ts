// One entry of `issuers`: whose tokens are believed (OpenID Connect Discovery 1.0), and under which checks.
import { z } from "zod";
import { signingAlgorithms } from "../core/model.js";
import { expression, integer, parseProtectedUrl, protectedUrl, text } from "./fields.js";

const issuerAllowed =
  "must be the token's `iss`, an https: URL without query and fragment (http: is accepted for loopback hosts only)";

// OpenID Connect Discovery 1.0 section 3: an issuer has no query and no fragment.
const issuerUrl = z
  .string({ error: issuerAllowed })
  .max(2048)
  .refine((value) => parseProtectedUrl(value) !== undefined && !value.includes("?"), {
    error: issuerAllowed,
  });

const audienceAllowed = "must be a list of audiences, or null to turn the check off on purpose";

export const issuerSchema = z.strictObject({
  name: text(
    /^[A-Za-z0-9][A-Za-z0-9_-]*$/,
    16,
    "must be a short name of letters, digits, `_` and `-`, at most 16 long",
  ).describe("Short alias, used in session names and logs. CEL reads it as `issuer`."),
  issuer: issuerUrl.describe("Must equal the `iss` claim exactly."),
  audience: z
    .array(z.string().min(1).max(1024), { error: audienceAllowed })
    .min(1, { error: audienceAllowed })
    .max(100)
    .nullable()
    .describe("Any one of these must be in `aud`; null turns the check off. Leaving it out is a fault."),
  clientIdAsAudience: z
    .boolean()
    .prefault(false)
    .describe("Whether `client_id` stands in where a token has no `aud`: Cognito's access tokens have none."),
  algorithms: z
    .array(z.enum(signingAlgorithms))
    .min(1)
    .max(signingAlgorithms.length)
    .prefault(["RS256", "ES256"])
    .describe("JWS algorithms that a token of this issuer may use."),
  jwksUri: protectedUrl
    .exactOptional()
    .describe("Where the signing keys are. Left out: discovered from /.well-known/openid-configuration."),
  accept: expression({ type: "bool", variables: ["claims"] })
    .exactOptional()
    .describe(
      'CEL over `claims`; a token for which it is not true is refused, e.g. claims.token_use == "access".',
    ),
  clockToleranceSeconds: integer(0, 300)
    .prefault(30)
    .describe("How far the issuer's clock and ours may differ when `exp`, `nbf` and `iat` are checked."),
  dpop: z
    .enum(["accepted", "required"])
    .prefault("accepted")
    .describe(
      "Proof of possession (RFC 9449). A token bound to a key is never taken without its proof; `required` takes no other.",
    ),
  dpopNonce: z
    .boolean()
    .prefault(false)
    .describe("Whether a DPoP proof must carry the nonce that the gateway gave with its last 401."),
});
