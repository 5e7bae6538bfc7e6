// Which configured issuer a token says it comes from, and whether its algorithm is one that issuer may
// use (RFC 8725 sections 3.1 and 3.8). Both are compared exactly; near misses are explained to the operator.
import type { Issuer, SigningAlgorithm } from "./model.js";
import { nearMiss } from "./near-miss.js";
import { quoted } from "./quoted.js";
import { accept, refuse, type Result } from "./result.js";

export const trustedIssuer = (iss: unknown, issuers: readonly Issuer[]): Result<Issuer> => {
  const issuer = issuers.find((candidate) => candidate.issuer === iss);
  if (issuer !== undefined) return accept(issuer);
  return refuse({ reason: "token_issuer_unknown", cause: unknownIssuerCause(iss, issuers) });
};

export const allowedAlgorithm = (alg: string, issuer: Issuer): Result<SigningAlgorithm> => {
  const allowed = issuer.algorithms.find((candidate) => candidate === alg);
  if (allowed !== undefined) return accept(allowed);
  const cause = `alg is ${quoted(alg)}, issuer ${issuer.name} may use ${issuer.algorithms.join(", ")}`;
  return refuse({ reason: "token_algorithm_refused", cause });
};

const unknownIssuerCause = (iss: unknown, issuers: readonly Issuer[]): string => {
  if (typeof iss !== "string") return "the token has no iss that is a string";
  for (const { issuer } of issuers) {
    const difference = nearMiss(iss, issuer);
    if (difference !== undefined) return `configured ${quoted(issuer)}, ${difference}`;
  }
  return `iss is ${quoted(iss)}, which no issuer of the configuration equals`;
};
