// What is published, where aliases point, and which version a call of them runs.
import fc from "fast-check";
import { FunctionVersions } from "../../../../deploy/local/aws/lambda/versions.js";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:hello";
const of = (codeSha256: string) => ({ codeSha256 });

const fresh = (): FunctionVersions => new FunctionVersions(ARN, of("a"), 0);

/** Versions 1 and 2 of different code, and `live` on 1. */
const twoVersions = (): FunctionVersions => {
  const versions = fresh();
  versions.publish({}, 1);
  versions.replaceLatest(of("b"), 2);
  versions.publish({}, 3);
  versions.createAlias("live", "1");
  return versions;
};

const versionOf = (versions: FunctionVersions, qualifier?: string, chance = 0.5) => {
  const picked = versions.pick(qualifier, chance);
  return picked.ok ? picked.value.version : picked.error.type;
};

describe("a call", () => {
  test.each([
    [undefined, "$LATEST"],
    ["$LATEST", "$LATEST"],
    ["live", "1"],
    ["1", "1"],
    ["2", "2"],
    ["3", "ResourceNotFoundException"],
    ["Live", "ResourceNotFoundException"],
    ["__proto__", "ResourceNotFoundException"],
  ])("of %s runs %s", (qualifier, version) => {
    expect(versionOf(twoVersions(), qualifier)).toBe(version);
  });

  test("of what is not there is refused with the ARN that was named", () => {
    expect(twoVersions().pick("3", 0)).toMatchObject({
      error: { status: 404, message: `Function not found: ${ARN}:3` },
    });
  });

  test.each([
    [0.1, 0.0999, "2"],
    [0.1, 0.1, "1"],
    [0, 0, "1"],
    [1, 0.9999, "2"],
  ])("of an alias whose second version has %d, at a chance of %d, runs %s", (weight, chance, version) => {
    const versions = twoVersions();
    versions.updateAlias("live", { additional: { version: "2", weight } });
    expect(versionOf(versions, "live", chance)).toBe(version);
    expect(versions.pick("live", chance)).toMatchObject({ value: { qualifier: "live", isSplit: true } });
  });

  test("runs the second version as often as its weight says", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (percent) => {
        const versions = twoVersions();
        versions.updateAlias("live", { additional: { version: "2", weight: percent / 100 } });
        const chances = Array.from({ length: 100 }, (_, at) => (at + 0.5) / 100);
        const ran = chances.filter((chance) => versionOf(versions, "live", chance) === "2");
        expect(ran).toHaveLength(percent);
      }),
    );
  });
});

describe("PublishVersion", () => {
  test("counts from 1 on, and freezes the code of its moment", () => {
    const versions = twoVersions();
    versions.replaceLatest(of("c"), 4);
    expect(versions.all.map(({ version, code }) => [version, code.codeSha256])).toEqual([
      ["$LATEST", "c"],
      ["1", "a"],
      ["2", "b"],
    ]);
  });

  test("gives the newest version again where nothing has changed since", () => {
    const versions = twoVersions();
    expect(versions.publish({ description: "again" }, 9)).toMatchObject({
      value: { version: "2", description: "" },
    });
  });

  test("makes a new version of code that an older one than the newest has", () => {
    const versions = twoVersions();
    versions.replaceLatest(of("a"), 4);
    expect(versions.publish({}, 5)).toMatchObject({ value: { version: "3" } });
  });

  test("holds to the code and the revision that it was asked for", () => {
    const versions = twoVersions();
    const { revisionId } = versions.latest;
    versions.replaceLatest(of("c"), 4);
    expect(versions.publish({ codeSha256: "b" }, 5)).toMatchObject({
      error: { status: 400, type: "InvalidParameterValueException" },
    });
    expect(versions.publish({ revisionId }, 5)).toMatchObject({
      error: { status: 412, type: "PreconditionFailedException" },
    });
    expect(versions.publish({ codeSha256: "c", revisionId: versions.latest.revisionId }, 5)).toMatchObject({
      value: { version: "3" },
    });
  });
});

describe("UpdateAlias", () => {
  test("changes what it names and leaves the rest", () => {
    const versions = twoVersions();
    versions.updateAlias("live", { description: "of the shop", additional: { version: "2", weight: 0.1 } });
    expect(versions.updateAlias("live", { additional: { version: "2", weight: 0.5 } })).toMatchObject({
      value: { functionVersion: "1", description: "of the shop", additional: { weight: 0.5 } },
    });
    const ended = versions.updateAlias("live", { functionVersion: "2", additional: null });
    expect(ended).toMatchObject({ value: { functionVersion: "2", description: "of the shop" } });
    expect(ended.ok && "additional" in ended.value).toBe(false);
  });

  test("gives a revision each time, and refuses a change of an older one", () => {
    const versions = twoVersions();
    const before = versions.alias("live");
    if (!before.ok) throw new Error("no alias");
    const { revisionId } = before.value;
    expect(versions.updateAlias("live", { description: "x", revisionId })).toMatchObject({ ok: true });
    expect(versions.updateAlias("live", { description: "y", revisionId })).toMatchObject({
      error: { status: 412, type: "PreconditionFailedException" },
    });
    expect(versions.alias("live")).toMatchObject({ value: { description: "x" } });
  });

  test.each([
    [{ functionVersion: "9" }, 404],
    [{ additional: { version: "9", weight: 0.1 } }, 404],
    [{ additional: { version: "1", weight: 0.1 } }, 400],
    [{ functionVersion: "$LATEST", additional: { version: "2", weight: 0.1 } }, 400],
    // The split that is there already would name one version twice.
    [{ functionVersion: "2" }, 400],
  ])("refuses %j", (change, status) => {
    const versions = twoVersions();
    if ("functionVersion" in change && change.functionVersion === "2")
      versions.updateAlias("live", { additional: { version: "2", weight: 0.1 } });
    expect(versions.updateAlias("live", change)).toMatchObject({ error: { status } });
  });

  test("of an alias that is not there is refused", () => {
    expect(twoVersions().updateAlias("other", {})).toMatchObject({ error: { status: 404 } });
  });
});

test("versions that no alias names are pruned, but for the newest, and numbers are not used again", () => {
  const versions = twoVersions();
  for (const code of ["c", "d"]) {
    versions.replaceLatest(of(code), 4);
    versions.publish({}, 5);
  }
  expect(versions.prune().map(({ version }) => version)).toEqual(["2", "3"]);
  expect(versions.all.map(({ version }) => version)).toEqual(["$LATEST", "1", "4"]);
  versions.replaceLatest(of("e"), 6);
  expect(versions.publish({}, 7)).toMatchObject({ value: { version: "5" } });
});
