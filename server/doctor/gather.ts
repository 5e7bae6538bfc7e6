// Asks everything that the scope needs, once each and a few at a time, and judges none of it.
import { accept, refuse, type Result } from "../core/result.js";
import type { Facts, FlyFacts, FunctionFacts, GatewayIdentity, Look, Unseen } from "./facts.js";
import { identityOf } from "./identity.js";
import { mapLimited } from "./limited.js";
import type { CallerFault, DoctorPorts } from "./ports.js";
import { probe, probeRequest, type ProbeValues } from "./probe.js";
import type { CheckedRule, Scope } from "./scope.js";

export interface GatherOptions {
  /** The role that the gateway runs on, where the doctor does not. */
  readonly gatewayRole?: string;
  readonly loadBalancer?: string;
  readonly fly?: FlyFacts;
  readonly values: Partial<ProbeValues>;
}

const atOnce = 6;

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
  const [account, ...rest] = await Promise.all([
    ports.readerAccount(),
    isGateway ? probeRules(ports, scope.rules, gateway, options.values) : [],
    readFunctions(ports, scope),
    mapLimited(scope.issuers, atOnce, async (issuer) => [issuer.name, await ports.issuer(issuer)] as const),
    options.loadBalancer === undefined ? undefined : ports.loadBalancer(options.loadBalancer),
  ]);
  const [probes, functions, issuers, loadBalancer] = rest;
  const roles = await readRoles(ports, scope, gateway, account);
  return accept({
    gateway,
    clock: called.value.clock,
    ...roles,
    probes: new Map(probes),
    functions: new Map(functions),
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
    atOnce,
    async (checked) =>
      [checked.rule.name, await probe(assume, probeRequest(checked, values, isChained))] as const,
  );

type RoleLooks = Pick<Facts, "roles" | "rolePolicies" | "ownPolicies">;

async function readRoles(
  ports: DoctorPorts,
  { rules }: Scope,
  gateway: GatewayIdentity,
  account: string | undefined,
): Promise<RoleLooks> {
  const arns = [...new Set(rules.map(({ roleArn }) => roleArn))];
  const looks = await mapLimited(arns, atOnce, async (arn) => {
    const { accountId, roleName = "" } = identityOf(arn);
    if (accountId !== account) return [arn, elsewhere(accountId), elsewhere(accountId)] as const;
    return [arn, await ports.role(arn), await ports.rolePolicies(roleName)] as const;
  });
  return {
    roles: new Map(looks.map(([arn, role]) => [arn, role])),
    rolePolicies: new Map(looks.map(([arn, , policies]) => [arn, policies])),
    ownPolicies: await readOwn(ports, gateway, account),
  };
}

const readOwn = ({ rolePolicies }: DoctorPorts, gateway: GatewayIdentity, account: string | undefined) => {
  if (gateway.roleName === undefined)
    return refuse<Unseen>({ kind: "skipped", needs: "", sentence: `${gateway.arn} is no role` });
  return gateway.accountId === account ? rolePolicies(gateway.roleName) : elsewhere(gateway.accountId);
};

const elsewhere = (accountId: string): Look<never> =>
  refuse<Unseen>({
    kind: "skipped",
    needs: "",
    sentence: `IAM of account ${accountId} is read with credentials of that account`,
  });

async function readFunctions(ports: DoctorPorts, { routes }: Scope) {
  const arns = routes.flatMap(({ route: { target } }) =>
    target.kind === "executeApi" ? [] : [target.functionArn],
  );
  return mapLimited([...new Set(arns)], atOnce, async (arn): Promise<readonly [string, FunctionFacts]> => {
    const [url, timeoutSeconds, reserved, policy] = await Promise.all([
      ports.functionUrl(arn),
      ports.functionTimeout(arn),
      ports.functionReserved(arn),
      ports.functionPolicy(arn),
    ]);
    return [arn, { url, timeoutSeconds, reserved, policy }];
  });
}
