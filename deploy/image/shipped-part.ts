// A bill of materials of all that is installed -> that of what `npm ci --omit=dev` installs. Pure.
// https://spdx.github.io/spdx-spec/v2.3/, https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json

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

export interface Spdx {
  readonly documentDescribes: readonly string[];
  readonly packages: readonly SpdxPackage[];
  readonly relationships: readonly SpdxRelationship[];
}

export interface LockFile {
  /** By where it is installed; "" is the package itself. */
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly name?: string; readonly dev?: boolean }>
  >;
}

export function shippedPart<T extends Spdx>(installed: T, lockFile: LockFile): T {
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

/** `name@version` of each; a package may be installed in several places, and in one of them for production. */
const shippedPackages = ({ packages }: LockFile): Set<string> =>
  new Set(
    Object.entries(packages).flatMap(([place, { name, version = "", dev = false }]) =>
      place === "" || dev ? [] : [`${name ?? place.replace(/^.*node_modules\//, "")}@${version}`],
    ),
  );
