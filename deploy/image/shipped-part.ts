// A bill of materials of all that is installed -> that of what `npm ci --omit=dev` installs, the same for the same time. Pure.
// https://spdx.github.io/spdx-spec/v2.3/, https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json
import { createHash } from "node:crypto";

export interface SpdxPackage {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo: string;
}

export interface SpdxRelationship {
  readonly spdxElementId: string;
  readonly relatedSpdxElement: string;
  readonly relationshipType: string;
}

export interface SpdxContent {
  readonly documentDescribes: readonly string[];
  readonly packages: readonly SpdxPackage[];
  readonly relationships: readonly SpdxRelationship[];
}

export interface Spdx extends SpdxContent {
  readonly name: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string };
}

export interface LockFile {
  /** By where it is installed; "" is the package itself. */
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly name?: string; readonly dev?: boolean }>
  >;
}

export function shippedPart<T extends SpdxContent>(installed: T, lockFile: LockFile): T {
  const shipped = shippedPackages(lockFile);
  const packages = installed.packages.filter(
    ({ SPDXID, name, versionInfo }) =>
      installed.documentDescribes.includes(SPDXID) || shipped.has(`${name}@${versionInfo}`),
  );
  // The document itself stands in relationships too, and nowhere among the packages.
  const left = new Set(["SPDXRef-DOCUMENT", ...packages.map(({ SPDXID }) => SPDXID)]);
  const relationships = installed.relationships.filter(
    ({ spdxElementId, relatedSpdxElement, relationshipType }) =>
      left.has(spdxElementId) && left.has(relatedSpdxElement) && relationshipType !== "DEV_DEPENDENCY_OF",
  );
  return { ...installed, packages, relationships };
}

/** Its name space is of its content, and no random number; SPDX wants another for each document that differs. */
export function madeAt<T extends Spdx>(document: T, milliseconds: number): T {
  const created = new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
  const dated = { ...document, creationInfo: { ...document.creationInfo, created }, documentNamespace: "" };
  const digest = createHash("sha256").update(JSON.stringify(dated)).digest("hex");
  const documentNamespace = `http://spdx.org/spdxdocs/${document.name.replace("@", "-")}-${digest}`;
  return { ...dated, documentNamespace };
}

/** `name@version` of each; a package may be installed in several places, and in one of them for production. */
const shippedPackages = ({ packages }: LockFile): Set<string> =>
  new Set(
    Object.entries(packages).flatMap(([place, { name, version = "", dev = false }]) =>
      place === "" || dev ? [] : [`${name ?? place.replace(/^.*node_modules\//, "")}@${version}`],
    ),
  );
