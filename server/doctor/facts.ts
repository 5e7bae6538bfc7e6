// What a doctor could learn of AWS and of the issuers, before anything is judged. Each part is there, or says why it
// is not: nothing is taken for well that was not seen.
import type { Issuer } from "../core/model.js";
import type { Result } from "../core/result.js";
import type { SigningKey } from "../core/select-key.js";
import type { PolicyStatement } from "./policy-statements.js";

/** Why something was not seen. */
export interface Unseen {
  /**
   * absent: AWS says that there is none. renamed: it has one of that name, and `arn` is its own. denied: the action in
   * `needs` is missing. region: it knows no such account.
   */
  readonly kind: "absent" | "renamed" | "denied" | "region" | "failed" | "skipped";
  /** `iam:GetRole on arn:...` */
  readonly needs: string;
  readonly sentence: string;
  readonly arn?: string;
}

export type Look<T> = Result<T, Unseen>;

/** The role or user that the gateway calls STS as. */
export interface GatewayIdentity {
  /** As STS names it, or as `--gateway-role` does. */
  readonly arn: string;
  readonly accountId: string;
  /** Absent for a user, a root or a federated one. */
  readonly roleName?: string;
  /** What it mints lasts an hour at most: its own credentials are a role session's. */
  readonly isChained: boolean;
}

export interface RoleFacts {
  readonly trust: readonly PolicyStatement[];
  readonly maxSessionSeconds: number;
  readonly hasBoundary: boolean;
}

/** What AssumeRole answered to a request of the rule's own shape, with a session policy that allows nothing. */
export type Probe =
  | { readonly outcome: "ok" }
  /** The actions it named, one after the other; `sts:AssumeRole` where it named none. */
  | { readonly outcome: "denied"; readonly actions: readonly string[]; readonly message: string }
  | { readonly outcome: "too_long"; readonly message: string }
  | { readonly outcome: "failed"; readonly message: string };

export interface UrlConfig {
  readonly url: string;
  readonly authType: string;
  readonly invokeMode: string;
  readonly hasCors: boolean;
}

export interface OwnedUrl {
  readonly functionArn: string;
  readonly url: string;
}

export interface FunctionFacts {
  readonly url: Look<UrlConfig>;
  /** Of its other aliases; looked for where this one has none. */
  readonly otherUrls?: Look<readonly OwnedUrl[]>;
  readonly timeoutSeconds: Look<number>;
  /** Absent value: nothing is reserved. */
  readonly reserved: Look<number | undefined>;
  readonly policy: Look<readonly PolicyStatement[]>;
}

export type IssuerFacts =
  | { readonly outcome: "keys"; readonly keys: readonly SigningKey[] }
  | { readonly outcome: "differs"; readonly sentence: string; readonly name: string }
  | { readonly outcome: "unreachable" | "malformed"; readonly sentence: string };

export interface LoadBalancerFacts {
  readonly idleSeconds: number;
  readonly targetGroups: readonly { readonly name: string; readonly deregistrationSeconds: number }[];
}

/** `unclear`: it is there, and no duration that is known here. */
export type FlySeconds = number | "unclear";

/** Where Fly's proxy reads HTTP and hands it on. */
export interface FlyService {
  /** Its options are in the table `http_options` of this one. */
  readonly table: "http_service" | "services.ports";
  readonly hasOptions: boolean;
  readonly port?: number;
  readonly idleSeconds?: FlySeconds;
}

export interface FlyFacts {
  readonly file: string;
  readonly killSeconds?: FlySeconds;
  readonly services: readonly FlyService[];
  /** Why it is not known what stands in the file. */
  readonly unread?: string;
}

export interface Facts {
  readonly gateway: GatewayIdentity;
  /** A profile of the reader's was named, and what it gave are the gateway's own credentials. */
  readonly readerIsGateway: boolean;
  /** Epoch milliseconds, both of the same moment, and how long the question took. */
  readonly clock: { readonly ours: number; readonly theirs: number; readonly tookMs: number } | undefined;
  /** The policies of the role that the gateway runs on. */
  readonly ownPolicies: Look<readonly PolicyStatement[]>;
  /** By role ARN. */
  readonly roles: ReadonlyMap<string, Look<RoleFacts>>;
  /** By role ARN. */
  readonly rolePolicies: ReadonlyMap<string, Look<readonly PolicyStatement[]>>;
  /** By rule name; none where the doctor is not the gateway. */
  readonly probes: ReadonlyMap<string, Probe>;
  /** By function ARN, as the route has it. */
  readonly functions: ReadonlyMap<string, FunctionFacts>;
  /** Whether Lambda would take a call, where no policy could be read: by `dryRunKey`. */
  readonly dryRuns: ReadonlyMap<string, Look<boolean>>;
  /** By issuer name. */
  readonly issuers: ReadonlyMap<string, IssuerFacts>;
  readonly loadBalancer?: Look<LoadBalancerFacts>;
  readonly fly?: FlyFacts;
}

/** `caller`: a rule's name, or an authorizer's, which is called as the gateway. */
export const dryRunKey = (caller: string, functionArn: string): string => `${caller} ${functionArn}`;

/** An issuer and what it showed. */
export interface SeenIssuer {
  readonly issuer: Issuer;
  readonly facts: IssuerFacts;
}
