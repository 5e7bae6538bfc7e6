// The bill of materials names what ships: all of it, nothing else, and nothing of the machine it was made on.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { shippedPart, type LockFile } from "../../deploy/image/shipped-part.js";
import { nameAndVersion, printSbom, type Spdx } from "./sbom.js";

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};
const lockFile = JSON.parse(readFileSync("package-lock.json", "utf8")) as LockFile;
const versionOf = (name: string): string => lockFile.packages[`node_modules/${name}`]?.version ?? "";
const isForDevelopment = (name: string): boolean => lockFile.packages[`node_modules/${name}`]?.dev === true;

let text: string;
let sbom: Spdx;
beforeAll(() => {
  text = printSbom();
  sbom = JSON.parse(text) as Spdx;
});

test("it is SPDX 2.3, of this version", () => {
  expect(sbom).toMatchObject({ spdxVersion: "SPDX-2.3", name: `grantway@${manifest.version}` });
  const [described] = sbom.packages.filter(({ SPDXID }) => sbom.documentDescribes.includes(SPDXID));
  expect(described).toMatchObject({ name: "grantway", licenseDeclared: "Apache-2.0" });
});

test("it is the same to the byte for the same time, and has a name space of its own for another", () => {
  const printed = (seconds: string): string => printSbom({ SOURCE_DATE_EPOCH: seconds });
  const [first, second, later] = [printed("1700000000"), printed("1700000000"), printed("1700000001")];
  expect(second).toBe(first);
  const [one, other] = [first, later].map((each) => JSON.parse(each) as Spdx);
  expect(one?.creationInfo.created).toBe("2023-11-14T22:13:20Z");
  expect(other?.documentNamespace).not.toBe(one?.documentNamespace);
  expect(Math.abs(Date.parse(sbom.creationInfo.created) - Date.now())).toBeLessThan(600_000);
});

test("every production dependency is in it, as the lock file has it", () => {
  const named = new Set(sbom.packages.map(nameAndVersion));
  const missing = Object.keys(manifest.dependencies).filter(
    (name) => !named.has(`${name}@${versionOf(name)}`),
  );
  expect(missing).toEqual([]);
  // Needed by production through others, and by development as well.
  expect(named).toContain(`@smithy/core@${versionOf("@smithy/core")}`);
  expect(named).toContain(`ms@${versionOf("ms")}`);
});

test("nothing is in it that is for development alone", () => {
  const names = new Set(sbom.packages.map(({ name }) => name));
  expect(
    Object.keys(manifest.devDependencies).filter((name) => names.has(name) && isForDevelopment(name)),
  ).toEqual([]);
  expect(["typescript", "jest", "oidc-provider", "esbuild"].filter((name) => names.has(name))).toEqual([]);
});

test("each package has a licence, a hash and a package URL", () => {
  const others = sbom.packages.filter(({ name }) => name !== "grantway");
  expect(
    others.filter(({ licenseDeclared }) => !/^\w/.test(licenseDeclared) || licenseDeclared === "NOASSERTION"),
  ).toEqual([]);
  expect(others.filter(({ checksums = [] }) => checksums[0]?.algorithm !== "SHA512")).toEqual([]);
  expect(
    others.filter(
      ({ externalRefs }) =>
        !externalRefs.some(({ referenceLocator }) => referenceLocator.startsWith("pkg:npm/")),
    ),
  ).toEqual([]);
});

test("relationships join only what is in it", () => {
  const known = new Set(["SPDXRef-DOCUMENT", ...sbom.packages.map(({ SPDXID }) => SPDXID)]);
  const ends = sbom.relationships.flatMap((one) => [one.spdxElementId, one.relatedSpdxElement]);
  expect(ends.length).toBeGreaterThan(sbom.packages.length);
  expect(ends.filter((end) => !known.has(end))).toEqual([]);
});

test("no path, host or registry of this machine is in it", () => {
  for (const own of [process.cwd(), homedir(), hostname(), "file:", "localhost"])
    if (own.length > 3) expect(text).not.toContain(own);
  const hosts = new Set(
    Array.from(text.matchAll(/"downloadLocation": "([^"]+)"/g), ([, place = ""]) => place),
  );
  expect([...hosts]).toEqual(["NOASSERTION"]);
  expect(sbom.packages.map(({ name }) => name)).not.toContain(`./${basename(process.cwd())}`);
});

test("a package that is installed for both stays, with its relationships among what stays", () => {
  const of = (name: string) => ({ SPDXID: `SPDXRef-${name}`, name, versionInfo: "1.0.0" });
  const joined = (from: string, to: string, relationshipType = "DEPENDENCY_OF") => ({
    ...{ spdxElementId: `SPDXRef-${from}`, relatedSpdxElement: `SPDXRef-${to}`, relationshipType },
  });
  const both = { version: "1.0.0" };
  const { packages, relationships } = shippedPart(
    {
      documentDescribes: ["SPDXRef-own"],
      packages: ["own", "a", "b", "tool"].map(of),
      relationships: [
        joined("DOCUMENT", "own", "DESCRIBES"),
        joined("a", "own"),
        joined("tool", "own", "DEV_DEPENDENCY_OF"),
        joined("b", "tool"),
      ],
    },
    {
      packages: {
        "": { ...both, name: "own" },
        "node_modules/a": both,
        "node_modules/tool": { ...both, dev: true },
        "node_modules/tool/node_modules/b": { ...both, dev: true },
        "node_modules/a/node_modules/b": both,
      },
    },
  );
  expect(packages.map(({ name }) => name)).toEqual(["own", "a", "b"]);
  expect(relationships).toHaveLength(2);
});

test("where npm cannot list what is installed, it says so even when npm is told to be silent", () => {
  const folder = mkdtempSync(join(tmpdir(), "grantway-sbom-"));
  const argv = ["--import", require.resolve("tsx"), resolve("deploy/image/write-sbom.ts")];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    ...{ cwd: folder, encoding: "utf8" },
    env: { ...process.env, npm_config_loglevel: "silent" },
  });
  rmSync(folder, { recursive: true });
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^npm (?:ERR!|error)/);
  expect(stderr).toMatch(/sbom: npm could not list what is installed; run npm ci first\n$/);
});
