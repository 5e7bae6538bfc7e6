// The doctor's one arrow: ask, judge, tell. Loaded with the SDK's clients, when there is something to ask.
import type { Settings } from "../config/compile.js";
import { toJson } from "../core/printable.js";
import { examine } from "../doctor/examine.js";
import type { FlyFacts } from "../doctor/facts.js";
import { gather } from "../doctor/gather.js";
import { refusedIdentity } from "../doctor/refused-identity.js";
import type { Scope } from "../doctor/scope.js";
import { isUnwell, reportText } from "../doctor/text.js";
import { exitStatus, type Console } from "./console.js";
import type { DoctorAsked } from "./doctor-options.js";
import { openDoctorPorts } from "./doctor-ports.js";
import { noCredentials } from "./no-credentials.js";
import { styleFor } from "./style.js";

export interface DoctorRun extends DoctorAsked {
  readonly sts: Settings["sts"];
  readonly scope: Scope;
  readonly fly?: FlyFacts;
  readonly isJson: boolean;
}

/** Gives the exit status. */
export async function runDoctor(
  { sts, scope, isJson, ...asked }: DoctorRun,
  console: Console,
): Promise<number> {
  const ports = openDoctorPorts({ ...asked, sts, clock: console.clock });
  try {
    const facts = await gather(ports, scope, asked);
    if (!facts.ok && facts.denial.kind === "unarmed") {
      // The SDK has this process's environment.
      console.printError(noCredentials(facts.denial.sentence, process.env));
      return exitStatus.unavailable;
    }
    if (!facts.ok && facts.denial.kind === "failed") {
      console.printError(`grantway doctor: STS could not be asked: ${facts.denial.sentence}\n`);
      return exitStatus.unavailable;
    }
    const report = facts.ok ? examine(scope, facts.value) : refusedIdentity(facts.denial, sts.region, scope);
    if (isJson) console.print(toJson(report));
    else console.print(reportText(report, styleFor(console)));
    return isUnwell(report) ? exitStatus.no : exitStatus.ok;
  } finally {
    await ports.close();
  }
}
