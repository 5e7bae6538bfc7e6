// One run: everything is started and tried once, the measurements that were asked for are taken one after another,
// and everything is stopped.
import {
  contenderNames,
  startContender,
  startSurroundings,
  type Contender,
  type ContenderSettings,
} from "./contenders.js";
import type { Figures } from "./figures.js";
import type { LoadGenerator } from "./load/load-generator.js";
import { loads } from "./measure/throughput.js";
import { measurements } from "./measurements.js";
import { quickLength, type BenchOptions } from "./options.js";

export interface RunParts {
  readonly options: BenchOptions;
  /** Where the JavaScript is. */
  readonly folder: string;
  readonly load: LoadGenerator;
  /** What the command line of a contender begins with. */
  readonly prefix: readonly string[];
  /** Says what is being done. */
  readonly progress: (what: string) => void;
}

/** V8 goes on compiling for seconds where it has one core for everything. */
const warmUpLength = { seconds: 3 };

export type Measured = Omit<Figures, "machine">;

export async function runBench(parts: RunParts): Promise<Measured> {
  const { options, folder, prefix, progress } = parts;
  const surroundings = await startSurroundings(folder);
  const settings: ContenderSettings = {
    folder,
    surroundings,
    prefix,
    ...(options.profileFolder !== undefined && { profileFolder: options.profileFolder }),
  };
  const contenders: Contender[] = [];
  for (const name of contenderNames) contenders.push(await startContender(name, settings));
  const token = surroundings.mint("alice");
  for (const contender of contenders) await checkContender(contender, token);
  progress("warm up");
  for (const { origin } of contenders)
    await parts.load.run(
      origin,
      { ...loads["small-get"], token },
      options.isQuick ? quickLength : warmUpLength,
    );

  let figures: Measured = { rounds: options.rounds, length: options.length, throughput: {} };
  for (const name of options.measurements) {
    progress(name);
    const { throughput, ...others } = await measurements[name]({ ...parts, settings, contenders });
    figures = { ...figures, ...others, throughput: { ...figures.throughput, ...throughput } };
  }
  for (const program of [...contenders, surroundings.upstream, surroundings.issuerAndSts])
    await program.stop();
  return figures;
}

/** Whether a contender does its job at all. A quick refusal would make fine figures. */
async function checkContender({ name, origin }: Contender, token: string): Promise<void> {
  const signs = name === "grantway" || name === "hand-written";
  const response = await fetch(`${origin}/signed`, { headers: { authorization: `Bearer ${token}` } });
  const { signed } = (await response.json()) as { signed?: boolean };
  if (response.status !== 200 || signed !== signs)
    throw new Error(`${name} answered ${response.status}, signed: ${String(signed)}`);
  const withoutToken = await fetch(`${origin}/signed`);
  await withoutToken.arrayBuffer();
  if ((withoutToken.status === 401) !== signs)
    throw new Error(`${name} answered a call without a token with ${withoutToken.status}`);
}
