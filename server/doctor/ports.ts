// What a doctor asks of the world. Every answer is a value, in time: a question that fails is a blind spot.
import type { Issuer } from "../core/model.js";
import type { Result } from "../core/result.js";
import type { Facts, IssuerFacts, LoadBalancerFacts, Look, RoleFacts, UrlConfig } from "./facts.js";
import type { PolicyStatement } from "./policy-statements.js";

export interface CallerAnswer {
  readonly arn: string;
  readonly clock: Facts["clock"];
}

/** refused: STS answered, and said no. failed: there are no credentials, or no STS. */
export interface CallerFault {
  readonly kind: "refused" | "failed";
  readonly sentence: string;
}

export interface ProbeRequest {
  readonly roleArn: string;
  readonly durationSeconds: number;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  readonly externalId?: string;
}

export type ProbeAnswer =
  | { readonly outcome: "ok" }
  | { readonly outcome: "denied"; readonly action: string; readonly message: string }
  | { readonly outcome: "too_long" | "failed"; readonly message: string };

export interface DoctorPorts {
  /** As the gateway. */
  readonly whoAmI: () => Promise<Result<CallerAnswer, CallerFault>>;
  /** The account of whoever reads: IAM reads no other. */
  readonly readerAccount: () => Promise<string | undefined>;
  /** AssumeRole with a session policy that allows nothing; its credentials are dropped. */
  readonly assume: (request: ProbeRequest) => Promise<ProbeAnswer>;
  readonly role: (arn: string) => Promise<Look<RoleFacts>>;
  readonly rolePolicies: (roleName: string) => Promise<Look<readonly PolicyStatement[]>>;
  readonly functionUrl: (functionArn: string) => Promise<Look<UrlConfig>>;
  readonly functionTimeout: (functionArn: string) => Promise<Look<number>>;
  readonly functionReserved: (functionArn: string) => Promise<Look<number | undefined>>;
  readonly functionPolicy: (functionArn: string) => Promise<Look<readonly PolicyStatement[]>>;
  readonly issuer: (issuer: Issuer) => Promise<IssuerFacts>;
  readonly loadBalancer: (arn: string) => Promise<Look<LoadBalancerFacts>>;
}
