// Docker ends a container 10 s after SIGTERM unless it is told otherwise, and a copied line is what tells it.
import { configurationSchema } from "../../server/config/schema.js";
import { pages, shellBlocks } from "./shell-blocks.js";

const serving = pages
  .flatMap(shellBlocks)
  .flatMap(({ page, commands }) => commands.map((command) => ({ page, command })))
  .filter(({ command }) => /^docker run .*grantway$/.test(command));

test("there are such lines", () =>
  expect(serving.map(({ page }) => page)).toEqual(["README.md", "docs/image.md"]));

test.each(serving)("$page: a stop is given longer than the drain takes", ({ command }) => {
  const [, seconds] = / --stop-timeout (\d+) /.exec(command) ?? [];
  const { drain } = configurationSchema.shape.listen.parse({});
  expect(Number(seconds) * 1000).toBeGreaterThan(drain);
});
