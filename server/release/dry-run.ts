// `grantway release --dry-run`: says each call that a release would make.
import { formatDuration } from "../core/duration.js";
import type { Ending } from "./events.js";
import type { AliasState, ReleasePorts, VersionState } from "./ports.js";

interface Steps {
  readonly steps: readonly number[];
  readonly everyMs: number;
}

export async function pretend(
  { alias, tell }: ReleasePorts,
  { steps, everyMs }: Steps,
  { functionVersion }: AliasState,
  latest: VersionState,
): Promise<Ending> {
  const current = await alias.describe(functionVersion);
  const isSame = current.ok && current.value.codeSha256 === latest.codeSha256;
  const calls = [
    `PublishVersion (${isSame ? `its code is that of version ${functionVersion}: where its settings are too, there is nothing to release` : `its code is not that of version ${functionVersion}`})`,
    ...steps.map(
      (percent) =>
        `UpdateAlias: ${percent} % on the new version, ${100 - percent} % on ${functionVersion}; then ${formatDuration(everyMs)} of looking`,
    ),
    "UpdateAlias: the new version alone",
  ];
  for (const call of calls) tell({ event: "would", call });
  return "done";
}
