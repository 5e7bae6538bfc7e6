// The commands of the README, docs/first-calls.md and docs/credentials.md that are for the laptop, run to the letter against `npm run local`:
// each succeeds, and an answer of HTTP has the status that stands in the comment behind it.
import { hasProgram, startLocalProduct, type LocalProduct } from "./local-product.js";
import { isForLaptop, shellBlocks } from "./shell-blocks.js";

jest.setTimeout(180_000);

const callsOf = (page: string) =>
  shellBlocks(page)
    .filter(isForLaptop)
    .flatMap(({ commands, notes }) =>
      commands.map((command, at) => ({
        // What the pages let take 40 s takes one here.
        command: command.replaceAll("seconds=40", "seconds=1"),
        status: Number(/^\d{3}\b/.exec(notes[at] ?? "")?.[0] ?? 200),
      })),
    )
    // A person confirms it in a browser: test/cli/credentials-process.test.ts does so.
    .filter(({ command }) => !command.includes("--client-id"));

const testShell = hasProgram("curl") && hasProgram("aws") ? test : test.skip;

describe("the commands for the laptop", () => {
  let product: LocalProduct;
  beforeAll(async () => {
    product = await startLocalProduct();
  });
  afterAll(() => product.stop());

  testShell.each([
    ["README.md", 9],
    ["docs/first-calls.md", 22],
    ["docs/credentials.md", 13],
  ])("of %s do what it says", async (page, least) => {
    const calls = callsOf(page);
    expect(calls.length).toBeGreaterThanOrEqual(least);
    const ran = await product.run(calls.map(({ command }) => command));
    const failed = ran.filter(({ command, status, out }, at) => {
      const seen = /^HTTP\/1\.1 (\d{3})/m.exec(out)?.[1];
      return status !== 0 || (command.startsWith("curl -i") && seen !== String(calls[at]?.status));
    });
    expect(failed).toEqual([]);
  });
});
