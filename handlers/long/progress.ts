// A long job that tells how far it is: one line a second, or nothing until its end with `silent=1`.
// `pause` is an argument, so that nobody has to wait to see what it does.

const DEFAULT_SECONDS = 40;
/** Lambda stops a function at 900 s; ten are left for the start and the last line. */
const LONGEST_SECONDS = 890;

export interface LongJob {
  readonly seconds: number;
  readonly silent: boolean;
}

/** The whole query string, decoded; a repeated parameter arrives comma-joined and is refused like any other bad value. */
export type Query = Readonly<Record<string, string | undefined>>;

export type ParsedJob =
  { readonly ok: true; readonly job: LongJob } | { readonly ok: false; readonly message: string };

export const parseJob = (query: Query): ParsedJob => {
  const { seconds = String(DEFAULT_SECONDS), silent = "0" } = query;
  if (!/^[1-9][0-9]{0,2}$/.test(seconds) || Number(seconds) > LONGEST_SECONDS)
    return { ok: false, message: `seconds must be a whole number from 1 to ${LONGEST_SECONDS}` };
  if (silent !== "0" && silent !== "1") return { ok: false, message: "silent must be 0 or 1" };
  return { ok: true, job: { seconds: Number(seconds), silent: silent === "1" } };
};

/** The lines of the answer, each as soon as it is due. `pause` resolves after that many milliseconds. */
export async function* progress(
  { seconds, silent }: LongJob,
  pause: (ms: number) => Promise<unknown>,
): AsyncGenerator<string> {
  for (let second = 1; second <= seconds; second += 1) {
    await pause(1000);
    if (!silent) yield second < seconds ? `${second}/${seconds} ...\n` : `${second}/${seconds} done\n`;
  }
  if (silent) yield `done after ${seconds} s without a word\n`;
}
