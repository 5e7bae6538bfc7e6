// STS answered the gateway's very first question with no: the one thing that is wrong, and nothing else can be seen.
import type { Report } from "./finding.js";

export const refusedIdentity = (sentence: string, region: string): Report => ({
  gateway: "unknown",
  findings: [
    {
      id: "sts_refuses_gateway",
      severity: "error",
      where: ["sts"],
      problem: `STS in ${region} takes no call of these credentials: ${sentence}`,
      effect: "503 sts_unavailable on every call",
      learnt: "probed",
      paste: {
        into: "the configuration: a Region that the account has enabled, and its own endpoint if one is set",
        format: "yaml",
        text: "sts: { region: eu-west-1 }",
      },
    },
  ],
  blind: [{ where: ["everything else"], sentence: "could not see: STS must know the gateway first" }],
  learnt: { read: 0, probed: 1 },
});
