// What must hold before a release moves anything: an alias that is nobody else's to move, and numbers that can be read.
import { hasRoom, OWN_TEXT_LENGTH, readMark } from "./mark.js";
import { percentOf } from "./percent.js";
import type { AliasState, Fault, ReleasePorts } from "./ports.js";

/** A split that is there already is somebody's, even one's own. */
export function whyNot({ functionVersion, additional, description }: AliasState): string | undefined {
  const mark = readMark(description);
  if (additional !== undefined) {
    const share = `${percentOf(additional.weight)} % of its calls run version ${additional.version}`;
    return mark?.phase === "begun" && mark.to === additional.version
      ? `a release from ${mark.from} to ${mark.to} is under way: ${share}; go on with --resume, or end it with: grantway rollback`
      : `the alias is split already, and not by grantway: ${share}; end that first: aws lambda update-alias --routing-config AdditionalVersionWeights={}`;
  }
  if (functionVersion === "$LATEST")
    return "the alias points at $LATEST, which Lambda cannot split; point it at a version first: aws lambda update-alias --function-version N";
  return hasRoom(description) ? undefined : noRoom;
}

const noRoom = `the alias's description leaves no room for the release's mark; cut it to ${OWN_TEXT_LENGTH} characters first: aws lambda update-alias --description`;

/** What is to be watched must be seen before anything moves. */
export async function findBlindness(
  { numbers, gateways, clock }: ReleasePorts,
  { functionVersion }: AliasState,
): Promise<Fault | undefined> {
  const counted = await numbers.count(functionVersion, clock(), clock());
  if (!counted.ok) return counted.denial;
  for (const gateway of gateways) {
    const read = await gateway.read();
    if (!read.ok) return read.denial;
  }
  return undefined;
}
