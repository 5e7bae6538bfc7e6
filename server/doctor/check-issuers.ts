// Can the gateway verify tokens of an issuer: does it answer, under its own name, with keys of the configured kinds?
// OpenID Connect Discovery 1.0 section 4, RFC 7518 section 3.
import { signingAlgorithms } from "../core/model.js";
import { quoted } from "../core/quoted.js";
import { minModulusBits, misfit, type SigningKey } from "../core/select-key.js";
import type { IssuerFacts, SeenIssuer } from "./facts.js";
import type { Finding } from "./finding.js";

const longestName = 512;

type Said = Omit<Finding, "where" | "learnt">;

export function checkIssuer(seen: SeenIssuer, where: string): readonly Finding[] {
  return judge(seen, where).map((said) => ({ where: [where], learnt: "probed", ...said }));
}

function judge({ issuer, facts }: SeenIssuer, where: string): readonly Said[] {
  if (facts.outcome === "differs") return [differs(facts, where)];
  if (facts.outcome !== "keys")
    return [
      {
        id: "issuer_unreachable",
        severity: "error",
        problem: facts.sentence,
        effect: "503 keys_unavailable for its tokens, as soon as no key is held",
      },
    ];
  const { keys } = facts;
  const fits = keys.some((key) => issuer.algorithms.some((each) => misfit(key, each) === undefined));
  if (!fits) return [keys.length === 0 ? withoutKeys(issuer) : unusable(issuer, keys, where)];
  const weak = keys.filter(({ key }) => (bitsOf(key) ?? minModulusBits) < minModulusBits);
  if (weak.length === 0) return [];
  return [
    {
      id: "issuer_key_weak",
      severity: "warning",
      problem: `${weak.length} of the keys of ${issuer.issuer} have less than ${minModulusBits} bits`,
      effect: "401 invalid_token for tokens that such a key signs",
    },
  ];
}

const differs = (
  { sentence, name }: Extract<IssuerFacts, { readonly outcome: "differs" }>,
  where: string,
): Said => ({
  id: "issuer_differs",
  severity: "error",
  problem: sentence,
  effect: "503 keys_unavailable for its tokens: an issuer must call itself by the very name in `iss`",
  ...(name.length <= longestName && {
    paste: {
      into: `${where}, if its tokens have the same in \`iss\``,
      format: "yaml",
      // A name from outside: no YAML but a text.
      text: `issuer: ${JSON.stringify(name)}`,
    },
  }),
});

const withoutKeys = ({ issuer }: SeenIssuer["issuer"]): Said => ({
  id: "issuer_keys_unusable",
  severity: "error",
  problem: `${issuer} publishes no usable signing key`,
  effect: "503 keys_unavailable for its tokens",
});

function unusable(
  { issuer, algorithms }: SeenIssuer["issuer"],
  keys: readonly SigningKey[],
  where: string,
): Said {
  const served = servedBy(keys);
  return {
    id: "issuer_keys_unusable",
    severity: "error",
    problem: `no key of ${issuer} serves for ${algorithms.join(", ")}; it publishes ${kindsOf(keys)}`,
    effect: "401 invalid_token for its tokens",
    ...(served.length > 0 && {
      paste: {
        into: `${where}, if the issuer means it`,
        format: "yaml",
        text: `algorithms: [${served.join(", ")}]`,
      },
    }),
  };
}

/** Of each key its own algorithm, or the usual one of its type, as far as the gateway takes it. */
const servedBy = (keys: readonly SigningKey[]): readonly string[] => [
  ...new Set(keys.flatMap((key) => signingAlgorithms.find((each) => misfit(key, each) === undefined) ?? [])),
];

const kindsOf = (keys: readonly SigningKey[]): string => [...new Set(keys.map(kindOf))].join(", ");

/** `rsa of 2048 bits for "RSA-OAEP"` */
function kindOf({ key, alg }: SigningKey): string {
  const bits = bitsOf(key);
  const size = bits === undefined ? key.asymmetricKeyDetails?.namedCurve : `${bits} bits`;
  return [
    String(key.asymmetricKeyType),
    ...(size === undefined ? [] : [`of ${size}`]),
    ...(alg === undefined ? [] : [`for ${quoted(alg)}`]),
  ].join(" ");
}

const bitsOf = ({ asymmetricKeyDetails }: SigningKey["key"]): number | undefined =>
  asymmetricKeyDetails?.modulusLength;
