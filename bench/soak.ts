// `npm run soak`: real long calls through the whole local product, a silent one and a streamed one side by side. By
// default as long as the longest call there is. The exit status says whether both came through whole.
import { parseArgs } from "node:util";
import { accept, refuse, type Result } from "../server/core/result.js";
import { checkSilentCall, checkStreamedCall, recordsComplete } from "./soak/checks.js";
import { callLong } from "./soak/long-call.js";
import { startLocalProduct, type LocalProduct } from "./soak/local-product.js";

const usage = `Usage: npm run soak -- [--seconds N]

Starts the local product on free ports and makes two calls of N seconds through it at one
time: one that is silent until its end, one that sends a line each second. Checks that
both come whole and in time, and that the gateway logged both as complete.

Options:
      --seconds N   1 to 890, the longest that fits Lambda's 15 minutes. Default 890.
  -h, --help        This text.

Exit status: 0 both came through, 1 one did not, 64 wrong usage.
`;

const longestSeconds = 890;
const exitStatus = { ok: 0, failed: 1, usage: 64 } as const;

async function main(argv: readonly string[]): Promise<number> {
  const seconds = readSeconds(argv);
  if (!seconds.ok) {
    process.stderr.write(`soak: ${seconds.denial}\nsoak: --help says what it takes\n`);
    return exitStatus.usage;
  }
  if (seconds.value === undefined) {
    process.stdout.write(usage);
    return exitStatus.ok;
  }
  const product = await startLocalProduct();
  try {
    return (await soak(product, seconds.value)) ? exitStatus.ok : exitStatus.failed;
  } finally {
    await product.close();
  }
}

/** undefined: asked for help. */
function readSeconds(argv: readonly string[]): Result<number | undefined, string> {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: { seconds: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
    if (values.help) return accept(undefined);
    const seconds = Number(values.seconds ?? longestSeconds);
    return Number.isInteger(seconds) && seconds >= 1 && seconds <= longestSeconds
      ? accept(seconds)
      : refuse(`--seconds takes a whole number from 1 to ${longestSeconds}`);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

async function soak(product: LocalProduct, seconds: number): Promise<boolean> {
  const token = await product.mint("alice");
  const silentPath = `/long?seconds=${seconds}&silent=1`;
  const streamedPath = `/long?seconds=${seconds}`;
  const startedAt = performance.now();
  const say = (sentence: string): void => {
    const elapsed = Math.round((performance.now() - startedAt) / 1000);
    process.stdout.write(`${String(elapsed).padStart(4)} s  ${sentence}\n`);
  };
  let lines = 0;
  const telling = setInterval(() => say(`in flight; ${lines} lines of the streamed call so far`), 60_000);
  say(`two calls of ${seconds} s begin`);
  const [silent, streamed] = await Promise.all([
    callLong(`${product.url}${silentPath}`, token),
    callLong(`${product.url}${streamedPath}`, token, () => (lines += 1)),
  ]);
  clearInterval(telling);
  await product.stopGateway();
  const faults = [
    ...checkSilentCall(silent, seconds).map((fault) => `silent call: ${fault}`),
    ...checkStreamedCall(streamed, seconds).map((fault) => `streamed call: ${fault}`),
    ...recordsComplete(product.gatewayLines, 2),
  ];
  for (const fault of faults) say(`FAULT  ${fault}`);
  if (faults.length === 0) say(`both came through whole: the silent one, and ${lines} lines without a gap`);
  return faults.length === 0;
}

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => process.exit(exitStatus.failed));
process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`soak: ${error instanceof Error ? error.message : String(error)}\n`);
  return exitStatus.failed;
});
