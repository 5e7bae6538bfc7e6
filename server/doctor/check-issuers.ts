// Can the gateway verify tokens of an issuer: does it answer, under its own name, with keys of the configured kinds?
// OpenID Connect Discovery 1.0 section 4, RFC 7518 section 3.
import { keyMisfit } from "../core/select-key.js";
import type { SeenIssuer } from "./facts.js";
import type { Finding } from "./finding.js";

/** RFC 7518 section 3.3. */
const leastModulusBits = 2048;
const longestName = 512;

export function checkIssuer({ issuer, facts }: SeenIssuer, where: string): readonly Finding[] {
  const base = { where: [where], learnt: "probed" } as const;
  if (facts.outcome === "differs")
    return [
      {
        ...base,
        id: "issuer_differs",
        severity: "error",
        problem: facts.sentence,
        effect: "503 keys_unavailable for its tokens: an issuer must call itself by the very name in `iss`",
        ...(facts.name.length <= longestName && {
          paste: {
            into: `${where}, if its tokens have the same in \`iss\``,
            format: "yaml",
            // A name from outside: no YAML but a text.
            text: `issuer: ${JSON.stringify(facts.name)}`,
          },
        }),
      },
    ];
  if (facts.outcome !== "keys")
    return [
      {
        ...base,
        id: "issuer_unreachable",
        severity: "error",
        problem: facts.sentence,
        effect: "503 keys_unavailable for its tokens, as soon as no key is held",
      },
    ];
  const fits = facts.keys.some(({ key, alg }) =>
    issuer.algorithms.some((each) => (alg ?? each) === each && keyMisfit(key, each) === undefined),
  );
  const weak = facts.keys.filter(
    ({ key }) => (key.asymmetricKeyDetails?.modulusLength ?? leastModulusBits) < leastModulusBits,
  );
  if (!fits)
    return [
      {
        ...base,
        id: "issuer_keys_unusable",
        severity: "error",
        problem: `none of the ${facts.keys.length} keys of ${issuer.issuer} serves for ${issuer.algorithms.join(", ")}${published(facts.keys)}`,
        effect: "401 invalid_token for its tokens",
        paste: {
          into: `${where}, if the issuer means it`,
          format: "yaml",
          text: `algorithms: [${algorithmsOf(facts.keys).join(", ")}]`,
        },
      },
    ];
  if (weak.length === 0) return [];
  return [
    {
      ...base,
      id: "issuer_key_weak",
      severity: "warning",
      problem: `${weak.length} of the keys of ${issuer.issuer} have less than ${leastModulusBits} bits`,
      effect: "401 invalid_token for tokens that such a key signs",
    },
  ];
}

type Keys = Extract<SeenIssuer["facts"], { outcome: "keys" }>["keys"];

const published = (keys: Keys): string => {
  const algorithms = algorithmsOf(keys);
  return algorithms.length === 0 ? "" : `; they are for ${algorithms.join(", ")}`;
};

const algorithmsOf = (keys: Keys): readonly string[] => [
  ...new Set(
    keys.map(
      ({ alg, key }) =>
        alg ?? usualAlgorithm(key.asymmetricKeyType ?? "", key.asymmetricKeyDetails?.namedCurve),
    ),
  ),
];

const usualAlgorithm = (type: string, curve: string | undefined): string =>
  type === "rsa"
    ? "RS256"
    : (({ secp384r1: "ES384", secp521r1: "ES512" } as Record<string, string>)[curve ?? ""] ?? "ES256");
