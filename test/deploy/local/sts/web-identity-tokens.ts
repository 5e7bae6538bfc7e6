// ID tokens for the tests of AssumeRoleWithWebIdentity, signed with keys of each algorithm that STS takes.
import { generateKeyPairSync } from "node:crypto";
import { SignJWT, type JSONWebKeySet, type JWTHeaderParameters } from "jose";
import type { OidcProvider, PolicyDocument, Role } from "../../../../deploy/local/aws/model.js";
import { accountId, now, policy, sampleRole, type StatementJson } from "../iam/sample-caller.js";

export const seconds = now / 1000;
export const providerHost = "127.0.0.1:4000";
export const clientId = "https://api.grantway.local";

export const oidcProvider = (url = `http://${providerHost}`, ...clientIds: string[]): OidcProvider => ({
  arn: `arn:aws:iam::${accountId}:oidc-provider/${url.replace(/^https?:\/\//, "")}`,
  url,
  clientIds: clientIds.length > 0 ? clientIds : [clientId],
});

export const legalClaims = {
  iss: oidcProvider().url,
  sub: "alice-1234",
  aud: clientId,
  iat: seconds,
  exp: seconds + 600,
};

export interface TokenKeys {
  readonly published: JSONWebKeySet;
  /** Claims and header members are added, replaced or (`undefined`) removed. */
  sign(claims?: object, header?: Partial<JWTHeaderParameters>): Promise<string>;
}

export const algorithms = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"] as const;
const curves: Readonly<Record<string, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

/** One RSA pair serves all RSA algorithms: making one takes long. */
const createPairs = (algs: readonly string[]) => {
  const rsa = algs.some((alg) => alg.startsWith("RS")) && generateKeyPairSync("rsa", { modulusLength: 2048 });
  return algs.map((alg) => ({
    alg,
    ...(rsa && alg.startsWith("RS") ? rsa : generateKeyPairSync("ec", { namedCurve: curves[alg] ?? "" })),
  }));
};

export function createTokenKeys(...algs: readonly string[]): TokenKeys {
  const pairs = createPairs(algs);
  const keys = pairs.map(({ alg, publicKey }) => ({ ...publicKey.export({ format: "jwk" }), alg, kid: alg }));
  return {
    published: { keys: keys },
    sign: (claims = {}, header = {}) => {
      const alg = header.alg ?? algs[0] ?? "";
      const pair = pairs.find((one) => one.alg === alg);
      if (pair === undefined) throw new Error(`no key for ${alg}`);
      return new SignJWT({ ...legalClaims, ...claims })
        .setProtectedHeader({ kid: alg, typ: "JWT", ...header, alg })
        .sign(pair.privateKey, { crit: { x: true } });
    },
  };
}

/** The trust policy of a role for the provider's users. */
export const federatedTrust = (
  provider: OidcProvider,
  ...statements: readonly Partial<StatementJson>[]
): PolicyDocument =>
  policy(
    "trust",
    ...(statements.length > 0 ? statements : [{}]).map((changes) => ({
      Principal: { Federated: provider.arn },
      Action: "sts:AssumeRoleWithWebIdentity",
      ...changes,
    })),
  );

export const federatedRole = (trustPolicy: PolicyDocument, changes: Partial<Role> = {}): Role =>
  sampleRole("federated", { trustPolicy, maxSessionDurationSeconds: 43_200, ...changes });
