// What one execution environment has to say: its function's lines, as many as the twin lets through, and Lambda's own line
// about each call.
import type { LoadInput, LogLevel } from "./invocation.js";
import { PrintLimit } from "./printed-lines.js";
import { type CallReport, formatReport } from "./report.js";

/** A line of a function's log, and the call it belongs to. */
export interface PrintedLine {
  readonly message: string;
  /** Absent for what was written around console.* */
  readonly level?: LogLevel;
  readonly requestId: string | undefined;
  /** Lambda's own line about a call. */
  readonly isPlatform?: true;
}

export class EnvironmentLog {
  readonly #printed: (line: PrintedLine) => void;
  readonly #load: LoadInput;
  readonly #limit = new PrintLimit();
  #lastRequestId: string | undefined;

  constructor(printed: (line: PrintedLine) => void, load: LoadInput) {
    this.#printed = printed;
    this.#load = load;
  }

  /** From now on, what says nothing of its call is this one's. */
  follow(requestId: string): void {
    this.#lastRequestId = requestId;
  }

  print(line: Pick<PrintedLine, "message" | "level" | "requestId">): void {
    if (!this.#limit.admits(line.message)) return;
    this.#tellDropped();
    this.#printed(line);
  }

  printRaw(message: string): void {
    this.print({ message, requestId: this.#lastRequestId });
  }

  report(report: CallReport): void {
    this.#tellDropped();
    this.#printPlatform(formatReport(report, this.#load, new Date()), report.requestId);
  }

  #tellDropped(): void {
    const dropped = this.#limit.takeDropped();
    if (dropped === 0) return;
    const message = `${dropped} lines are not shown: a function may print 5,000 lines and 4 MB a second here`;
    this.#printPlatform(message, this.#lastRequestId);
  }

  #printPlatform(message: string, requestId: string | undefined): void {
    this.#printed({ message, requestId, isPlatform: true });
  }
}
