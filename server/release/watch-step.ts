// One step of a release: time passes, and every now and then somebody looks. Ends when the time is over and the last
// look saw, when too much went wrong, when nothing can be seen, or when the person says stop.
import { accept, type Result } from "../core/result.js";
import type { GatewaySeen, Seen } from "./events.js";
import { addReading, findExcess, type Limit } from "./judge.js";
import type { Fault, GatewayCounts, ReleasePorts } from "./ports.js";

export interface StepToWatch {
  readonly version: string;
  /** Epoch milliseconds: CloudWatch's numbers come minutes late, so those of earlier steps count too. */
  readonly releaseBegan: number;
  readonly forMs: number;
  readonly limit: Limit;
}

export type StepOutcome =
  /** What was seen in this step: calls of the new version and, where there is a gateway, its answers. */
  | { readonly kind: "passed"; readonly calls: number; readonly answers: number | undefined }
  | { readonly kind: "over"; readonly why: string }
  | { readonly kind: "stopped" };

const LOOK_EVERY_MS = 10_000;
/** In a row; then the release goes back, since nobody knows how it does. */
const BLIND_LOOKS = 3;

export async function watchStep(ports: ReleasePorts, step: StepToWatch): Promise<StepOutcome> {
  const { clock, sleep, isStopped, tell } = ports;
  const began = clock();
  const gateways = await startReading(ports);
  const first = await ports.numbers.count(step.version, step.releaseBegan, began);
  // As with a gateway: what cannot be read now is counted from the first look on.
  let callsBefore = first.ok ? first.value.calls : undefined;
  for (let blind = 0; ;) {
    const left = began + step.forMs - clock();
    await sleep(Math.max(1, Math.min(LOOK_EVERY_MS, left > 0 ? left : LOOK_EVERY_MS)));
    if (isStopped()) return { kind: "stopped" };
    const seen = await look(ports, step, gateways);
    const afterMs = clock() - began;
    if (!seen.ok) {
      blind += 1;
      tell({ event: "blind", afterMs, sentence: seen.denial.sentence });
      if (isStopped()) return { kind: "stopped" };
      if (blind < BLIND_LOOKS) continue;
      return { kind: "over", why: `it could not be seen how it does, ${BLIND_LOOKS} times in a row` };
    }
    blind = 0;
    tell({ event: "look", afterMs, seen: seen.value });
    const { calls, gateway } = seen.value;
    callsBefore ??= calls;
    const why = findExcess(seen.value, step.limit);
    // Before Ctrl-C, which may have come during this look: what is known to be bad is not left there.
    if (why !== undefined) return { kind: "over", why };
    if (isStopped()) return { kind: "stopped" };
    if (afterMs >= step.forMs)
      return { kind: "passed", calls: calls - callsBefore, answers: gateway?.answers };
  }
}

interface GatewayReading {
  readonly read: () => Promise<Result<GatewayCounts, Fault>>;
  before: GatewayCounts | undefined;
  sum: GatewaySeen;
}

/** A gateway that cannot be read now is counted from the first reading on. */
const startReading = ({ gateways }: ReleasePorts): Promise<GatewayReading[]> =>
  Promise.all(
    gateways.map(async (gateway) => {
      const first = await gateway.read();
      const before = first.ok ? first.value : undefined;
      return { read: () => gateway.read(), before, sum: { answers: 0, failures: 0 } };
    }),
  );

async function look(
  { numbers, clock }: ReleasePorts,
  { version, releaseBegan }: StepToWatch,
  gateways: readonly GatewayReading[],
): Promise<Result<Seen, Fault>> {
  const counts = await numbers.count(version, releaseBegan, clock());
  if (!counts.ok) return counts;
  if (gateways.length === 0) return counts;
  for (const gateway of gateways) {
    const now = await gateway.read();
    if (!now.ok) return now;
    gateway.sum = addReading(gateway.sum, gateway.before ?? now.value, now.value);
    gateway.before = now.value;
  }
  const total = (name: keyof GatewaySeen): number => gateways.reduce((sum, each) => sum + each.sum[name], 0);
  return accept({
    ...counts.value,
    gateway: { answers: total("answers"), failures: total("failures") },
  });
}
