// What a doctor asks of the world. Every answer is a value, in time: a question that fails is a blind spot.
import type { Issuer } from "../core/model.js";
import type { Result } from "../core/result.js";
import type { Facts, IssuerFacts, LoadBalancerFacts, Look, OwnedUrl, RoleFacts, UrlConfig } from "./facts.js";
import type { PolicyStatement } from "./policy-statements.js";

export interface CallerAnswer {
  readonly arn: string;
  readonly clock: Facts["clock"];
}

/** refused: STS answered, and said no. unarmed: there are no credentials to ask it with. failed: there is no STS. */
export interface CallerFault {
  readonly kind: "refused" | "unarmed" | "failed";
  readonly sentence: string;
  /** Another Region might have taken the call. */
  readonly mayBeRegion: boolean;
}

export interface ProbeRequest {
  readonly roleArn: string;
  readonly durationSeconds: number;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  readonly externalId?: string;
}

export interface CalledFunction {
  readonly functionArn: string;
  readonly region: string;
  /** Where Lambda's API is. */
  readonly origin: string;
}

export type ProbeAnswer =
  | { readonly outcome: "ok" }
  | { readonly outcome: "denied"; readonly action: string; readonly message: string }
  | { readonly outcome: "too_long" | "failed"; readonly message: string };

export interface DoctorPorts {
  /** As the gateway. */
  readonly whoAmI: () => Promise<Result<CallerAnswer, CallerFault>>;
  /** The ARN of whoever reads. The refusal: why the reader's credentials are none. */
  readonly reader: () => Promise<Result<string, string>>;
  /** AssumeRole with a session policy that allows nothing; its credentials are dropped. */
  readonly assume: (request: ProbeRequest) => Promise<ProbeAnswer>;
  readonly role: (arn: string) => Promise<Look<RoleFacts>>;
  readonly rolePolicies: (roleName: string) => Promise<Look<readonly PolicyStatement[]>>;
  readonly functionUrl: (functionArn: string) => Promise<Look<UrlConfig>>;
  /** Of the function and of all its aliases. */
  readonly functionUrls: (functionArn: string) => Promise<Look<readonly OwnedUrl[]>>;
  readonly functionTimeout: (functionArn: string) => Promise<Look<number>>;
  readonly functionReserved: (functionArn: string) => Promise<Look<number | undefined>>;
  readonly functionPolicy: (functionArn: string) => Promise<Look<readonly PolicyStatement[]>>;
  /**
   * Whether Lambda would take a call: Invoke with DryRun, which runs nothing. `as`: with a session that this request gives,
   * which may do that and no more; absent: as the gateway.
   */
  readonly dryRun: (called: CalledFunction, as?: ProbeRequest) => Promise<Look<boolean>>;
  readonly issuer: (issuer: Issuer) => Promise<IssuerFacts>;
  readonly loadBalancer: (arn: string) => Promise<Look<LoadBalancerFacts>>;
}
