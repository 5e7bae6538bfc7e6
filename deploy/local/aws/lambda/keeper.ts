// Ends what the twin leaves behind when it dies without a word (SIGKILL): an idle environment is stopped and cannot see
// by itself that its twin has gone. A shell that reads process ids until its input ends, in a session of its own so
// that Ctrl-C passes it by. Needs /bin/sh.
import { type ChildProcess, spawn } from "node:child_process";

const SCRIPT = `
pids=" "
while read -r verb pid; do
  if [ "$verb" = + ]; then pids="$pids$pid "; else pids="\${pids%% $pid *} \${pids#* $pid }"; fi
done
for pid in $pids; do kill -KILL "-$pid"; done`;

export class Keeper {
  readonly #shell: ChildProcess;
  #alive = true;

  constructor() {
    this.#shell = spawn("/bin/sh", ["-c", SCRIPT], {
      cwd: "/",
      env: {},
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const lost = (): void => void (this.#alive = false);
    this.#shell.on("error", lost).on("exit", lost);
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

  close(): void {
    this.#shell.stdin?.end();
  }

  #say(line: string): void {
    if (this.#alive) this.#shell.stdin?.write(`${line}\n`);
  }
}
