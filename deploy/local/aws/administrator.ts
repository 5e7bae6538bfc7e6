// Somebody who may do everything in the account, as whoever deploys a stack may: for a template that has no role to
// call its functions with. No role of the template's, so nobody can become it.
import type { Role } from "./model.js";
import { roleId } from "./template/stable-id.js";

export function administrator(accountId: string): Role {
  const name = "local-administrator";
  const arn = `arn:aws:iam::${accountId}:role/${name}`;
  return {
    name,
    arn,
    roleId: roleId(arn),
    trustPolicy: { statements: [] },
    policies: [
      {
        name: "AdministratorAccess",
        document: { statements: [{ effect: "Allow", actions: ["*"], resources: ["*"], conditions: [] }] },
      },
    ],
    maxSessionDurationSeconds: 43_200,
  };
}
