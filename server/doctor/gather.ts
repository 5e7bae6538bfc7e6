// Asks everything that the scope needs, once each and a few at a time, and judges none of it.
import { accept, refuse, type Result } from "../core/result.js";
import type { Target } from "../core/model.js";
import type { Facts, FlyFacts, FunctionFacts, GatewayIdentity, Look, Unseen } from "./facts.js";
import { gatherDryRuns } from "./gather-dry-runs.js";
import { identityOf } from "./identity.js";
import { mapLimited, questionsAtOnce } from "./limited.js";
import type { CallerFault, DoctorPorts } from "./ports.js";
import { probe, probeRequest, type ProbeValues } from "./probe.js";
import type { CheckedRule, Scope } from "./scope.js";

export interface GatherOptions {
  /** The role that the gateway runs on, where the doctor does not. */
  readonly gatewayRole?: string;
  readonly readerProfile?: string;
  readonly loadBalancer?: string;
  readonly fly?: FlyFacts;
  readonly values: Partial<ProbeValues>;
}

/** The refusal: who the gateway is could not be learnt, and then nothing could. */
export async function gather(
  ports: DoctorPorts,
  scope: Scope,
  options: GatherOptions,
): Promise<Result<Facts, CallerFault>> {
  const called = await ports.whoAmI();
  if (!called.ok) return called;
  const caller = identityOf(called.value.arn);
  const gateway = options.gatewayRole === undefined ? caller : identityOf(options.gatewayRole);
  const isGateway = caller.roleName === gateway.roleName && caller.accountId === gateway.accountId;
  const [reader, ...rest] = await Promise.all([
    ports.reader(),
    isGateway ? probeRules(ports, scope.rules, gateway, options.values) : [],
    readFunctions(ports, scope),
    mapLimited(
      scope.issuers,
      questionsAtOnce,
      async (issuer) => [issuer.name, await ports.issuer(issuer)] as const,
    ),
    options.loadBalancer === undefined ? undefined : ports.loadBalancer(options.loadBalancer),
  ]);
  const [probes, functions, issuers, loadBalancer] = rest;
  const account = reader.ok ? accept(identityOf(reader.value).accountId) : reader;
  const roles = await readRoles(ports, scope, gateway, account);
  const known = {
    ...roles,
    probes: new Map(probes),
    functions: new Map(account.ok ? functions : functions.map(ofStranger)),
  };
  const { values } = options;
  return accept({
    gateway,
    // Where a profile gives none, the SDK goes on to the next credentials that it finds, and says nothing.
    readerIsGateway: options.readerProfile !== undefined && reader.ok && reader.value === called.value.arn,
    clock: called.value.clock,
    ...known,
    dryRuns: isGateway ? await gatherDryRuns(ports, scope, known, { gateway, values }) : new Map(),
    issuers: new Map(issuers),
    ...(loadBalancer && { loadBalancer }),
    ...(options.fly && { fly: options.fly }),
  });
}

const probeRules = (
  { assume }: DoctorPorts,
  rules: readonly CheckedRule[],
  { isChained }: GatewayIdentity,
  values: Partial<ProbeValues>,
) =>
  mapLimited(
    rules,
    questionsAtOnce,
    async (checked) =>
      [checked.rule.name, await probe(assume, probeRequest(checked, values, isChained))] as const,
  );

type RoleLooks = Pick<Facts, "roles" | "rolePolicies" | "ownPolicies">;

async function readRoles(
  ports: DoctorPorts,
  { rules }: Scope,
  gateway: GatewayIdentity,
  account: Result<string, string>,
): Promise<RoleLooks> {
  const arns = [...new Set(rules.map(({ roleArn }) => roleArn))];
  const looks = await mapLimited(arns, questionsAtOnce, async (arn) => {
    const { accountId, roleName = "" } = identityOf(arn);
    const closed = closedTo(account, accountId);
    if (closed) return [arn, closed, closed] as const;
    return [arn, await ports.role(arn), await ports.rolePolicies(roleName)] as const;
  });
  return {
    roles: new Map(looks.map(([arn, role]) => [arn, role])),
    rolePolicies: new Map(looks.map(([arn, , policies]) => [arn, policies])),
    ownPolicies: await readOwn(ports, gateway, account),
  };
}

const readOwn = (
  { rolePolicies }: DoctorPorts,
  gateway: GatewayIdentity,
  account: Result<string, string>,
) => {
  if (gateway.roleName === undefined)
    return refuse<Unseen>({ kind: "skipped", needs: "", sentence: `${gateway.arn} is no role` });
  return closedTo(account, gateway.accountId) ?? rolePolicies(gateway.roleName);
};

/** Why IAM of an account cannot be read, if it cannot. */
function closedTo(reader: Result<string, string>, accountId: string): Look<never> | undefined {
  if (reader.ok && reader.value === accountId) return undefined;
  const sentence = reader.ok
    ? `IAM of account ${accountId} is read with credentials of that account`
    : `the reader's credentials are none: ${reader.denial}`;
  return refuse<Unseen>({ kind: "skipped", needs: "", sentence });
}

async function readFunctions(ports: DoctorPorts, { routes, authorizers }: Scope) {
  const targets = routes.map(({ route }) => route.target);
  const withUrl = new Set(targets.filter(({ kind }) => kind === "functionUrl").flatMap(functionOf));
  const arns = [...targets.flatMap(functionOf), ...authorizers.map(({ source }) => source.functionArn)];
  return mapLimited(
    [...new Set(arns)],
    questionsAtOnce,
    async (arn): Promise<readonly [string, FunctionFacts]> => {
      const [url, timeoutSeconds, reserved, policy] = await Promise.all([
        withUrl.has(arn) ? ports.functionUrl(arn) : notAsked,
        ports.functionTimeout(arn),
        ports.functionReserved(arn),
        ports.functionPolicy(arn),
      ]);
      const isMissing = !url.ok && url.denial.kind === "absent" && timeoutSeconds.ok;
      const otherUrls = isMissing ? await ports.functionUrls(arn) : undefined;
      return [arn, { url, timeoutSeconds, reserved, policy, ...(otherUrls && { otherUrls }) }];
    },
  );
}

const functionOf = (target: Target): readonly string[] =>
  target.kind === "executeApi" ? [] : [target.functionArn];

const notAsked: Look<never> = refuse<Unseen>({
  kind: "skipped",
  needs: "",
  sentence: "no route calls its URL",
});

/** Whose credentials STS does not know either learns nothing of a Region. */
function ofStranger([arn, seen]: readonly [string, FunctionFacts]): readonly [string, FunctionFacts] {
  const { timeoutSeconds } = seen;
  if (timeoutSeconds.ok || timeoutSeconds.denial.kind !== "region") return [arn, seen];
  return [arn, { ...seen, timeoutSeconds: refuse({ ...timeoutSeconds.denial, kind: "failed" }) }];
}
