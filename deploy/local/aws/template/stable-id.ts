// Identifiers that AWS makes up at deployment, here stable for a name so that a restart changes nothing.
import { createHash } from "node:crypto";

const upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function letters(kind: string, name: string, length: number): string {
  const digest = createHash("sha256").update(`${kind}\n${name}`).digest();
  return Array.from(digest.subarray(0, length), (byte) => upperCase[byte % 36]).join("");
}

export const roleId = (roleArn: string): string => `AROA${letters("role", roleArn, 17)}`;

/** The first label of a function URL's host name. */
export const urlId = (qualifiedArn: string): string => letters("url", qualifiedArn, 32).toLowerCase();

/** The end of a name that CloudFormation generates: STACK-LOGICALID-XXXXXXXXXXXX. */
export const generatedName = (stackName: string, logicalId: string): string =>
  `${stackName}-${logicalId}-${letters("name", `${stackName}/${logicalId}`, 12)}`;
