// `grantway status`: which versions an alias runs, since when as far as grantway moved it, and how they do.
import { accept, type Result } from "../core/result.js";
import { readMark } from "./mark.js";
import { percentOf } from "./percent.js";
import type { Fault, ReleasePorts } from "./ports.js";

export interface VersionStatus {
  readonly version: string;
  /** Per cent of the alias's calls. */
  readonly share: number;
  /** Of the last ten minutes; of one version alone, the alias's. */
  readonly calls: number;
  readonly errors: number;
}

export interface Status {
  readonly versions: readonly VersionStatus[];
  readonly release?: {
    readonly from: string;
    readonly to: string;
    readonly phase: string;
    readonly at: string;
  };
  /** Since each gateway started. */
  readonly gateways: readonly {
    readonly url: string;
    readonly route: string;
    readonly answers: number;
    readonly failures: number;
  }[];
}

const WINDOW_MS = 10 * 60_000;

export async function readStatus({
  alias,
  numbers,
  gateways,
  clock,
}: Pick<ReleasePorts, "alias" | "numbers" | "gateways" | "clock">): Promise<Result<Status, Fault>> {
  const state = await alias.read();
  if (!state.ok) return state;
  const { functionVersion, additional, description } = state.value;
  const second = additional?.weight ?? 0;
  const shares = [
    { version: functionVersion, share: 1 - second },
    ...(additional === undefined ? [] : [{ version: additional.version, share: second }]),
  ];
  const versions: VersionStatus[] = [];
  for (const { version, share } of shares) {
    const asked = additional === undefined ? undefined : version;
    const counts = await numbers.count(asked, clock() - WINDOW_MS, clock());
    if (!counts.ok) return counts;
    versions.push({ version, share: percentOf(share), ...counts.value });
  }
  const read: Status["gateways"][number][] = [];
  for (const gateway of gateways) {
    const counts = await gateway.read();
    if (!counts.ok) return counts;
    const { answers, failures } = counts.value;
    read.push({ url: gateway.url, route: gateway.route, answers, failures });
  }
  const mark = readMark(description);
  const release = mark === undefined ? {} : { release: { ...mark, at: new Date(mark.at).toISOString() } };
  return accept({ versions, ...release, gateways: read });
}
