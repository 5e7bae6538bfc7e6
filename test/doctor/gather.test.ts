// What is asked of whom: as the gateway only where the doctor is it.
import { accept, refuse } from "../../server/core/result.js";
import type { Unseen } from "../../server/doctor/facts.js";
import { gather } from "../../server/doctor/gather.js";
import type { DoctorPorts } from "../../server/doctor/ports.js";
import { accepted } from "../fixtures/outcome.js";
import { gatewayArn, roleArn, smallScope, wellFunction, wellRole } from "./facts.js";

const skipped = refuse<Unseen>({ kind: "skipped", needs: "", sentence: "" });

/** One account, where all is well; `asked` has the roles that STS was asked for. */
function fakePorts(asked: string[]): DoctorPorts {
  const always =
    <T>(value: T) =>
    () =>
      Promise.resolve(value);
  return {
    whoAmI: always(accept({ arn: gatewayArn, clock: undefined })),
    reader: always(accept("arn:aws:iam::123456789012:user/reader")),
    assume: (request) => {
      asked.push(request.roleArn);
      return Promise.resolve({ outcome: "ok" });
    },
    role: always(accept(wellRole)),
    rolePolicies: always(accept([])),
    functionUrl: always(wellFunction.url),
    functionUrls: always(accept([])),
    functionTimeout: always(wellFunction.timeoutSeconds),
    functionReserved: always(wellFunction.reserved),
    functionPolicy: always(wellFunction.policy),
    dryRun: always(accept(true)),
    issuer: always({ outcome: "keys", keys: [] } as const),
    loadBalancer: always(skipped),
  };
}

test.each([
  ["no --gateway-role", undefined, [roleArn]],
  ["its own, with a path", "arn:aws:iam::123456789012:role/apps/gateway", [roleArn]],
  ["another role", "arn:aws:iam::123456789012:role/other", []],
  ["a role of the same name in another account", "arn:aws:iam::210987654321:role/gateway", []],
])(
  "with %s STS is asked for the roles of the gateway it is, and of no other",
  async (_title, gatewayRole, roles) => {
    const asked: string[] = [];
    const options = { values: {}, ...(gatewayRole !== undefined && { gatewayRole }) };
    const facts = accepted(await gather(fakePorts(asked), smallScope(), options));
    expect(asked).toEqual(roles);
    expect(facts.probes.size).toBe(roles.length);
  },
);
