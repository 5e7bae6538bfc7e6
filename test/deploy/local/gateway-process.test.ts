// What ends the gateway's process when the one that started it can no longer do so.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";

/** Runs `code` as the gateway is run. */
const start = (code: string) => {
  const args = ["--import", "tsx", "--import", "./deploy/local/end-with-parent.ts", "--eval", code];
  return spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
};

test("the gateway's process is told to end when its parent has gone without a word", async () => {
  const child = start(
    'process.once("SIGTERM", () => { console.log("drains"); process.exit(3); }); setInterval(() => 0, 1e6);',
  );
  const exited = once(child, "exit");
  child.stdin.end();
  expect((await buffer(child.stdout)).toString()).toBe("drains\n");
  expect(await exited).toEqual([3, null]);
});

test("a gateway that ends by itself is not held by the pipe", async () => {
  expect(await once(start(""), "exit")).toEqual([0, null]);
});
