// A run that is killed leaves no build and no container behind.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { chooseDescribe, thisMachine, whatIsMissing } from "./image-tools.js";
import { tied, tiedWhole } from "./tied-process.js";

const starter = `
  const [program, ...args] = process.argv.slice(1);
  require("node:child_process").spawn(program, args, { stdio: "inherit" });
`;
// A grandchild too: npm under buildah is such.
const script = "sleep 600 & echo started; wait";

chooseDescribe(whatIsMissing(thisMachine), (text) => void process.stderr.write(text))(
  "what is started by a process that is killed",
  () => {
    test.each([
      ["ends, and with it all that it started", [...tiedWhole("sh"), "-c", script]],
      [
        "is told to end",
        [...tied("sh"), "-c", "exec sleep 600 & trap 'kill $!; exit' TERM; echo started; wait"],
      ],
    ])("%s", async (_title, command) => {
      const parent = spawn(process.execPath, ["--eval", starter, ...command], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const lines = createInterface({ input: parent.stdout });
      await once(lines, "line");
      parent.kill("SIGKILL");
      // Its output closes when the last process that holds it has ended.
      await once(lines, "close");
    });
  },
);
