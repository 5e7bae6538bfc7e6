// STS answered the gateway's very first question with no: the one thing that is wrong, and nothing else can be seen.
import type { Paste, Report } from "./finding.js";
import type { CallerFault } from "./ports.js";
import type { Scope } from "./scope.js";

export const refusedIdentity = (
  { sentence, mayBeRegion }: CallerFault,
  region: string,
  scope: Scope,
): Report => ({
  gateway: "unknown",
  findings: [
    {
      id: "sts_refuses_gateway",
      severity: "error",
      where: ["sts"],
      problem: `STS in ${region} takes no call of these credentials: ${sentence}`,
      effect: "503 sts_unavailable on every call",
      learnt: "probed",
      ...(mayBeRegion && { paste: pasteOf(region, scope) }),
    },
  ],
  blind: [{ where: ["everything else"], sentence: "could not see: STS must know the gateway first" }],
  learnt: { read: 0, probed: 1 },
});

/** The Region of a route is one that the account has enabled. */
function pasteOf(region: string, { routes }: Scope): Paste {
  const others = routes.map(({ route }) => route.target.region).filter((each) => each !== region);
  return {
    into: "the configuration: a Region that the account has enabled, and its own endpoint if one is set",
    format: "yaml",
    text: `sts: { region: ${others[0] ?? "REGION"} }`,
  };
}
