// Identifiers that AWS makes up at deployment, here stable for a name so that a restart changes nothing.
import { createHash } from "node:crypto";

const upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

const digestOf = (kind: string, name: string): Buffer =>
  createHash("sha256").update(`${kind}\n${name}`).digest();

const letters = (kind: string, name: string, length: number): string =>
  Array.from(digestOf(kind, name).subarray(0, length), (byte) => upperCase[byte % 36]).join("");

export const roleId = (roleArn: string): string => `AROA${letters("role", roleArn, 17)}`;

export const policyId = (policyArn: string): string => `ANPA${letters("policy", policyArn, 17)}`;

/** The first label of a function URL's host name. */
export const urlId = (qualifiedArn: string): string => letters("url", qualifiedArn, 32).toLowerCase();

/** Of an API Gateway API, or of what it is made of. */
export const apiGatewayId = (stackName: string, logicalId: string, length: number): string =>
  letters("api", `${stackName}/${logicalId}`, length).toLowerCase();

/** A name that CloudFormation generates: STACK-LOGICALID-XXXXXXXXXXXX, cut to what IAM and Lambda take. */
export const generatedName = (stackName: string, logicalId: string): string =>
  `${`${stackName}-${logicalId}`.slice(0, 51)}-${letters("name", `${stackName}/${logicalId}`, 12)}`;

/** What stands after `vpc-`, `subnet-`... */
export const hexId = (stackName: string, logicalId: string): string =>
  digestOf("hex", `${stackName}/${logicalId}`).toString("hex").slice(0, 17);

export const uuid = (stackName: string, logicalId: string): string =>
  digestOf("uuid", `${stackName}/${logicalId}`)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
