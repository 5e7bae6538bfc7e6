// Where the image cannot be built, its tests are skipped and never silently.
import { chooseDescribe, whatIsMissing } from "./image-tools.js";

const all = { platform: "linux", uid: 0, can: () => true };

test.each([
  ["nothing", all, []],
  ["a program", { ...all, can: (program: string) => program !== "runc" }, ["runc"]],
  ["the right to mount", { ...all, can: (program: string) => program !== "unshare" }, ["the right to mount"]],
  [
    "the right to limit what runs",
    { ...all, can: (program: string) => program !== "test" },
    ["cgroups that can be written"],
  ],
  ["root", { ...all, uid: 1000 }, ["root"]],
  ["Linux", { ...all, platform: "darwin" }, ["Linux"]],
])("%s can be what is missing", (_title, machine, missing) => {
  expect(whatIsMissing(machine)).toEqual(missing);
});

test("where something is missing the tests are skipped, and stderr says what helps", () => {
  const said: string[] = [];
  expect(chooseDescribe(["buildah"], (text) => void said.push(text))).toBe(describe.skip);
  expect(said.join("")).toMatch(/^SKIPPED: .* for want of buildah\. .*apt-get install buildah runc/);
  expect(chooseDescribe([], (text) => void said.push(text))).toBe(describe);
  expect(said).toHaveLength(1);
});
