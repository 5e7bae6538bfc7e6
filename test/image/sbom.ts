// The bill of materials as `npm run sbom` prints it.
import { execFileSync } from "node:child_process";
import type { Spdx as SpdxParts, SpdxPackage as SpdxPackageParts } from "../../deploy/image/shipped-part.js";

export interface SpdxPackage extends SpdxPackageParts {
  readonly licenseDeclared: string;
  readonly checksums?: readonly { readonly algorithm: string; readonly checksumValue: string }[];
  readonly externalRefs: readonly { readonly referenceType: string; readonly referenceLocator: string }[];
}

export interface Spdx extends SpdxParts {
  readonly spdxVersion: string;
  readonly name: string;
  readonly packages: readonly SpdxPackage[];
}

export const printSbom = (environment: Readonly<Record<string, string>> = {}): string =>
  execFileSync("npm", ["run", "--silent", "sbom"], {
    ...{ encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
    env: { ...process.env, ...environment },
  });

export const readSbom = (): Spdx => JSON.parse(printSbom()) as Spdx;

export const nameAndVersion = ({ name, versionInfo }: SpdxPackageParts): string => `${name}@${versionInfo}`;
