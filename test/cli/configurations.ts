// A configuration with several rules, doors and slots, for the tests of `check`, `explain` and `test`.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { target } from "../config/documents.js";

export const issuers = [
  { name: "main", issuer: "https://login.example.com/", audience: ["https://api.example.com"] },
];

export const adminRole = {
  name: "admin",
  when: '"admins" in claims.groups',
  roleArn: "arn:aws:iam::123456789012:role/reports-admin",
};
export const analystRole = {
  name: "analyst",
  when: '"analysts" in claims.groups',
  roleArn: "arn:aws:iam::123456789012:role/reports-invoker",
  sessionName: "claims.email",
  tags: { tenant: "claims.tenant" },
  transitiveTags: ["tenant"],
  policy: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/${claims.tenant}/*" }],
};
export const ownerRole = {
  name: "owner",
  when: "route.params.id == claims.sub",
  roleArn: "arn:aws:iam::123456789012:role/reports-owner",
};

export const reportsRoute = {
  route: "GET /reports/{id}",
  name: "reports",
  scopes: ["reports:read"],
  target,
  headers: { "X-Caller": "claims.email" },
};
export const adminRoute = { route: "ANY /admin/{proxy+}", name: "admin", roles: ["admin"], target };

export const configuration = {
  issuers,
  roles: [adminRole, analystRole, ownerRole],
  routes: [reportsRoute, adminRoute],
  sts: { region: "eu-west-1" },
};

export const alice = {
  sub: "alice",
  email: "alice@example.com",
  groups: ["analysts"],
  tenant: "acme",
  scope: "reports:read",
};

export const laptopGatewayYaml = readFileSync("deploy/local/gateway.yaml", "utf8");

/** The laptop's configuration as a file of this path, with the modules that it names. */
export const laptopFiles = (path: string): Record<string, string> => ({
  [path]: laptopGatewayYaml,
  ...Object.fromEntries(
    [...laptopGatewayYaml.matchAll(/^ +module: (\S+)$/gm)].map(([, file = ""]) => [
      resolve(dirname(path), file),
      "",
    ]),
  ),
});

/** What `npm run local` would set, for each variable that it asks for. */
export const laptopEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    [...laptopGatewayYaml.matchAll(/\$\{env\.([A-Z0-9_]+)\}/g)].map(([, name = ""], at) => [
      name,
      name.endsWith("_ARN")
        ? "arn:aws:execute-api:eu-west-1:123456789012:abc123/prod"
        : `http://127.0.0.1:${4000 + at}${name === "API_URL" ? "/prod" : ""}`,
    ]),
  );
