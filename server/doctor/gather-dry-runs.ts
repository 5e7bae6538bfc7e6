// Asks Lambda whether it would take a call (DryRun), where what decides it could not be read: for routes that call
// a function by the Invoke API, and for authorizers. A function URL has no such question: whoever asks it runs the function.
import type { InvokeTarget } from "../core/model.js";
import { dryRunKey, type Facts, type GatewayIdentity, type Look } from "./facts.js";
import { mapLimited, questionsAtOnce } from "./limited.js";
import type { CalledFunction, DoctorPorts, ProbeRequest } from "./ports.js";
import { probeRequest, type ProbeValues } from "./probe.js";
import type { Scope } from "./scope.js";

type Known = Pick<Facts, "probes" | "rolePolicies" | "ownPolicies" | "functions">;

interface Question {
  readonly caller: string;
  readonly called: CalledFunction;
  /** Absent: as the gateway. */
  readonly as?: ProbeRequest;
}

export async function gatherDryRuns(
  { dryRun }: DoctorPorts,
  scope: Scope,
  known: Known,
  { gateway, values }: { readonly gateway: GatewayIdentity; readonly values: Partial<ProbeValues> },
): Promise<ReadonlyMap<string, Look<boolean>>> {
  const asked = [...ofRules(scope, known, gateway, values), ...ofAuthorizers(scope, known)];
  const questions = new Map(asked.map((each) => [dryRunKey(each.caller, each.called.functionArn), each]));
  const answers = await mapLimited(
    [...questions],
    questionsAtOnce,
    async ([key, { called, as }]) => [key, await dryRun(called, as)] as const,
  );
  return new Map(answers);
}

const ofRules = (
  { rules, routes }: Scope,
  { probes, rolePolicies }: Known,
  { isChained }: GatewayIdentity,
  values: Partial<ProbeValues>,
): readonly Question[] =>
  rules
    .filter(({ rule, roleArn }) => probes.get(rule.name)?.outcome === "ok" && !rolePolicies.get(roleArn)?.ok)
    .flatMap((checked) => {
      const its = routes.filter(({ route }) => route.roles.includes(checked.rule));
      const targets = its.flatMap(({ route: { target } }) => (isInvoke(target) ? [target] : []));
      const as = probeRequest(checked, values, isChained);
      return targets.map((called) => ({ caller: checked.rule.name, called, as }));
    });

const isInvoke = (target: { readonly kind: string }): target is InvokeTarget => target.kind === "invoke";

const ofAuthorizers = ({ authorizers }: Scope, { ownPolicies }: Known): readonly Question[] =>
  ownPolicies.ok ? [] : authorizers.map(({ name, source }) => ({ caller: name, called: source }));
