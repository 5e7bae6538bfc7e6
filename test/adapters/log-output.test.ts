// The log on standard output, where lines wait for one another: none may be lost at a process's end. Where it ends in
// the midst of things, what was just being written may come out after the rest: each line has its time.
import { spawnSync } from "node:child_process";

const linesOf = (script: string): string[] => {
  const program = `import { createLog } from "./server/adapters/log.ts"; const log = createLog(); ${script}`;
  const { stdout } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  return stdout
    .split("\n")
    .flatMap((line) => (line === "" ? [] : (JSON.parse(line) as { message: string }).message));
};

test.each([
  ["runs to its end", ""],
  ["exits at once", "process.exit(3);"],
  ["ends by an exception", 'throw new Error("a bug");'],
])("every line is out when the process %s", (_what, end) => {
  const count = 500;
  const lines = linesOf(`for (let at = 0; at < ${count}; at++) log.info(String(at)); ${end}`);
  expect(lines.toSorted((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: count }, (_, at) => String(at)),
  );
});
