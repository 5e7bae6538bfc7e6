// What the twin knows after it has read a template, and what its parts hand to one another.

/** A policy document in IAM's JSON, normalised: every one-or-many is a list. */
export interface PolicyDocument {
  readonly statements: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  /** Only in trust and resource policies. */
  readonly principals?: {
    readonly aws: readonly string[];
    readonly service: readonly string[];
    readonly federated: readonly string[];
  };
  readonly actions: readonly string[];
  /** Empty only in a trust policy. */
  readonly resources: readonly string[];
  readonly conditions: readonly {
    readonly operator: string;
    readonly key: string;
    readonly values: readonly string[];
  }[];
}

export interface Role {
  readonly name: string;
  readonly arn: string;
  /** AROA..., stable for a role name. */
  readonly roleId: string;
  readonly trustPolicy: PolicyDocument;
  readonly policies: readonly { readonly name: string; readonly document: PolicyDocument }[];
  readonly maxSessionDurationSeconds: number;
}

export interface FunctionUrlConfig {
  readonly authType: "AWS_IAM" | "NONE";
  readonly invokeMode: "BUFFERED" | "RESPONSE_STREAM";
  /** The alias the URL hangs on; absent for $LATEST. */
  readonly qualifier?: string;
  /** The part of a real host name before `.lambda-url.`; stable for a function name. */
  readonly urlId: string;
}

export interface FunctionDefinition {
  readonly logicalId: string;
  readonly name: string;
  /** Unqualified. */
  readonly arn: string;
  readonly alias?: string;
  readonly url?: FunctionUrlConfig;
  /** Absolute folder of the code. */
  readonly codeFolder: string;
  /** `file.export`, as Lambda takes it. */
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  /** From Metadata with BuildMethod esbuild; file names relative to the code folder. */
  readonly build?: {
    readonly entryPoints: readonly string[];
    readonly format: "esm" | "cjs";
    readonly outExtension: string;
    readonly target: string;
  };
}

export interface Template {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  readonly roles: readonly Role[];
  readonly functions: readonly FunctionDefinition[];
}

/** Who made a request: the session its signature was verified with. */
export interface Caller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Epoch milliseconds. */
  readonly expiration: number;
  readonly accountId: string;
  readonly role: Role;
  /** arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION */
  readonly arn: string;
  /** AROA...:SESSION */
  readonly userId: string;
  readonly sourceIdentity?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sessionPolicy?: PolicyDocument;
}

/** A refusal in AWS's words. `type` is what `x-amzn-errortype` (or STS's <Code>) says. */
export interface AwsError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** A request as it stood on the wire, body included. */
export interface SignedRequest {
  readonly method: string;
  /** The raw request target: path and query as sent. */
  readonly target: string;
  /** name, value, name, value... as received. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AwsError };
