// Ends what the twin leaves behind, also when it dies without a word (SIGKILL): an idle environment is stopped and cannot
// see by itself that its twin has gone; a subprocess may have left its environment's group, and is known by the folder
// that its variables name (where there is a /proc). A shell that reads process ids until its input ends, in a session of
// its own so that Ctrl-C passes it by. Needs /bin/sh.
import { type ChildProcess, spawn } from "node:child_process";

const SCRIPT = `
pids=" "
while read -r verb pid; do
  if [ "$verb" = + ]; then pids="$pids$pid "; else pids="\${pids%% $pid *} \${pids#* $pid }"; fi
done
for pid in $pids; do kill -KILL "-$pid"; done
for file in $(grep -lsF "LAMBDA_TASK_ROOT=$1/" /proc/[0-9]*/environ); do
  pid=\${file#/proc/}
  kill -KILL "\${pid%/environ}"
done`;

export class Keeper {
  readonly #shell: ChildProcess;
  readonly #ended: Promise<void>;
  #alive = true;

  /** Every function runs somewhere under `workspace`. */
  constructor(workspace: string) {
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT, "keeper", workspace], {
      cwd: "/",
      env: {},
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const lost = (): void => void (this.#alive = false);
    this.#ended = new Promise((resolve) => {
      for (const event of ["error", "exit"])
        this.#shell.once(event, () => {
          lost();
          resolve();
        });
    });
    this.#shell.stdin?.on("error", lost);
    this.#shell.unref();
  }

  /** False when there is nobody to end a stopped process: then none may be stopped. */
  get alive(): boolean {
    return this.#alive;
  }

  /** `processGroup` is ended with the twin, unless it is forgotten before. */
  watch(processGroup: number): void {
    this.#say(`+ ${processGroup}`);
  }

  forget(processGroup: number): void {
    this.#say(`- ${processGroup}`);
  }

  /** Resolves when nothing is left. */
  async close(): Promise<void> {
    this.#shell.ref();
    this.#shell.stdin?.end();
    await this.#ended;
  }

  #say(line: string): void {
    if (this.#alive) this.#shell.stdin?.write(`${line}\n`);
  }
}
