// A function, CloudWatch and a gateway that exist only here; time passes when a release sleeps.
import { FunctionVersions } from "../../deploy/local/aws/lambda/versions.js";
import { accept, refuse } from "../../server/core/result.js";
import type { ReleaseEvent } from "../../server/release/events.js";
import type { AliasState, Fault, GatewayCounts, ReleasePorts } from "../../server/release/ports.js";
import type { ReleasePlan } from "../../server/release/release.js";

/** 2026-01-01T00:00:00Z */
export const NEW_YEAR = 1_767_225_600_000;

export const plan: ReleasePlan = {
  steps: [10, 50],
  everyMs: 20_000,
  limit: { kind: "errors", most: 0 },
  isDryRun: false,
  isResume: false,
  isAgain: false,
  isQuietAllowed: false,
};

interface Call {
  readonly version: string;
  readonly at: number;
  readonly failed: boolean;
}

export class FakeWorld {
  now = NEW_YEAR;
  readonly versions: FunctionVersions;
  readonly events: ReleaseEvent[] = [];
  /** What was asked of Lambda that changes something. */
  readonly changes: string[] = [];
  readonly calls: Call[] = [];
  gateway: GatewayCounts | undefined;
  isStopped = false;
  numbersFault: Fault | undefined;
  updateFault: Fault | undefined;
  /** What happens while a release sleeps, the how-manieth time. */
  meanwhile: (sleep: number) => void = () => undefined;
  #sleeps = 0;

  constructor() {
    this.versions = new FunctionVersions("arn:f", { codeSha256: "a" }, this.now);
    this.versions.publish({}, this.now);
    this.versions.createAlias("live", "1");
  }

  /** New code in $LATEST. */
  edit(codeSha256: string): this {
    this.versions.replaceLatest({ codeSha256 }, this.now);
    return this;
  }

  call(version: string, failed = false): void {
    this.calls.push({ version, at: this.now, failed });
  }

  get alias(): AliasState {
    const alias = this.versions.alias("live");
    if (!alias.ok) throw new Error("no alias");
    return alias.value;
  }

  /** `1`, or `1+2@0.1` */
  get routing(): string {
    const { functionVersion, additional } = this.alias;
    return additional === undefined
      ? functionVersion
      : `${functionVersion}+${additional.version}@${additional.weight}`;
  }

  get told(): string[] {
    return this.events.map(({ event }) => event);
  }

  get ports(): ReleasePorts {
    return {
      alias: {
        read: () => Promise.resolve(accept(this.alias)),
        update: (change) => {
          if (this.updateFault) return Promise.resolve(refuse(this.updateFault));
          const updated = this.versions.updateAlias("live", change);
          if (updated.ok) this.changes.push(`alias ${this.routing}`);
          return Promise.resolve(updated.ok ? accept(updated.value) : refuse(faultOf(updated.error)));
        },
        describe: (version) => {
          const found = this.versions.version(version);
          return Promise.resolve(found.ok ? accept(stateOf(found.value)) : refuse(faultOf(found.error)));
        },
        publish: (codeSha256) => {
          const published = this.versions.publish({ codeSha256 }, this.now);
          this.changes.push("publish");
          return Promise.resolve(
            published.ok ? accept(stateOf(published.value)) : refuse(faultOf(published.error)),
          );
        },
      },
      numbers: {
        count: (version, from, to) => {
          if (this.numbersFault) return Promise.resolve(refuse(this.numbersFault));
          const floor = Math.floor(from / 60_000) * 60_000;
          const counted = this.calls.filter(
            (each) => each.version === (version ?? each.version) && each.at >= floor && each.at <= to,
          );
          const errors = counted.filter(({ failed }) => failed).length;
          return Promise.resolve(accept({ calls: counted.length, errors }));
        },
      },
      gateways:
        this.gateway === undefined
          ? []
          : [
              {
                url: "http://127.0.0.1:8081",
                route: "hello",
                read: () => Promise.resolve(this.gateway ? accept(this.gateway) : refuse(down)),
              },
            ],
      clock: () => this.now,
      sleep: (milliseconds) => {
        this.now += milliseconds;
        this.meanwhile((this.#sleeps += 1));
        return Promise.resolve();
      },
      isStopped: () => this.isStopped,
      tell: (event) => this.events.push(event),
    };
  }
}

const down: Fault = { kind: "failed", sentence: "no gateway" };

const stateOf = ({ version, code }: { version: string; code: { codeSha256: string } }) =>
  ({ version, codeSha256: code.codeSha256, state: "Active" }) as const;

const faultOf = ({ type, message }: { type: string; message: string }): Fault => ({
  kind: type === "PreconditionFailedException" ? "conflict" : "failed",
  sentence: message,
});
