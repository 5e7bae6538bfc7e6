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
  /** The statement has `NotAction`: it is about every action but `actions`. */
  readonly exceptActions?: true;
  /** Empty only in a trust policy. */
  readonly resources: readonly string[];
  /** The statement has `NotResource`: it is about every resource but `resources`. */
  readonly exceptResources?: true;
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
  /** Inline and managed ones alike. */
  readonly policies: readonly RolePolicy[];
  readonly boundary?: PolicyDocument;
  readonly boundaryArn?: string;
  /** The trust policy in JSON, as the template has it. */
  readonly trustPolicyText?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly maxSessionDurationSeconds: number;
  /** Where the template has it: `Resources.AnalystRole`. */
  readonly place?: string;
}

export interface RolePolicy {
  /** Of a managed one its ARN. */
  readonly name: string;
  readonly document: PolicyDocument;
  /** The document in JSON, as the template has it. */
  readonly text?: string;
  /** It stands for itself, and is only attached here. */
  readonly isManaged?: true;
}

export interface ManagedPolicy {
  readonly arn: string;
  readonly document: PolicyDocument;
  /** The document in JSON, as the template has it; absent for AWS's own. */
  readonly text?: string;
  readonly description?: string;
}

/** AWS::IAM::OIDCProvider: an issuer whose tokens AssumeRoleWithWebIdentity takes. */
export interface OidcProvider {
  readonly arn: string;
  /** As the `iss` of its tokens has it. */
  readonly url: string;
  /** The audiences it takes. */
  readonly clientIds: readonly string[];
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Cors.html */
export interface UrlCors {
  readonly allowCredentials: boolean;
  readonly allowHeaders: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowOrigins: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds: number;
}

export interface FunctionUrlConfig {
  readonly authType: "AWS_IAM" | "NONE";
  readonly invokeMode: "BUFFERED" | "RESPONSE_STREAM";
  /** The alias the URL hangs on; absent for $LATEST. */
  readonly qualifier?: string;
  /** The part of a real host name before `.lambda-url.`; stable for a function name. */
  readonly urlId: string;
  readonly cors?: UrlCors;
}

/** Who else may call a function: its resource policy, one for each qualifier. */
export interface FunctionPermissions {
  /** Absent: the function itself. */
  readonly qualifier?: string;
  readonly document: PolicyDocument;
}

export interface FunctionDefinition {
  readonly logicalId: string;
  readonly name: string;
  /** Unqualified. */
  readonly arn: string;
  readonly alias?: string;
  /** Where the alias points in the beginning, if not at version 1. */
  readonly aliasVersion?: "$LATEST";
  readonly url?: FunctionUrlConfig;
  /** Absolute folder of the code. */
  readonly codeFolder: string;
  /** The text of its one file, index.js, in place of what the folder has. */
  readonly inlineCode?: string;
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
    readonly minify?: boolean;
    readonly sourcemap?: boolean;
    /** Packages that are not bundled. */
    readonly external?: readonly string[];
  };
  readonly permissions?: readonly FunctionPermissions[];
  /** The role the function runs on, of this template. */
  readonly executionRoleArn?: string;
  /** Absolute folders that stand in /opt, the last one winning. */
  readonly layers?: readonly string[];
  /** DeadLetterConfig: the queue or topic for calls of type Event that failed. */
  readonly deadLetterArn?: string;
  /** For calls of type Event, one for each qualifier. */
  readonly asynchronous?: readonly AsynchronousConfig[];
  /** PackageType Image; `handler` and `runtime` are empty then. */
  readonly image?: ImageDefinition;
  /** TracingConfig: Mode; absent: PassThrough. */
  readonly tracingMode?: "Active";
  readonly logFormat?: "JSON" | "Text";
  /** Of the function's own lines, where the format is JSON. */
  readonly logLevel?: "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL";
}

/** What `sam build` makes a function's image of, and its ImageConfig. */
export interface ImageDefinition {
  /** Absolute. */
  readonly dockerfile: string;
  /** The absolute folder that the Dockerfile copies from. */
  readonly context: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  readonly workingDirectory?: string;
}

/** AWS::SQS::Queue, a standard one. */
export interface QueueDefinition {
  readonly name: string;
  readonly arn: string;
  readonly delaySeconds: number;
  readonly maximumMessageBytes: number;
  readonly retentionSeconds: number;
  readonly receiveWaitSeconds: number;
  readonly visibilityTimeoutSeconds: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly maxReceiveCount: number };
  /** AWS::SQS::QueuePolicy. */
  readonly policy?: PolicyDocument;
}

/** AWS::Lambda::EventSourceMapping from a queue to a function. */
export interface EventSourceDefinition {
  /** Where the template has it. */
  readonly place: string;
  readonly queueArn: string;
  /** Unqualified. */
  readonly functionArn: string;
  readonly qualifier?: string;
  readonly isEnabled: boolean;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** FunctionResponseTypes: [ReportBatchItemFailures] */
  readonly reportsItemFailures: boolean;
  readonly maximumConcurrency?: number;
}

/** AWS::Lambda::EventInvokeConfig: how a call of type Event is tried again. */
export interface AsynchronousConfig {
  /** Absent: of the function itself. */
  readonly qualifier?: string;
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
}

export interface Template {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  readonly roles: readonly Role[];
  readonly functions: readonly FunctionDefinition[];
  readonly managedPolicies: readonly ManagedPolicy[];
  readonly oidcProviders: readonly OidcProvider[];
  readonly queues?: readonly QueueDefinition[];
  /** Queues that call functions. */
  readonly eventSources?: readonly EventSourceDefinition[];
  /** Sentences on what was read and is not served here: `Resources.Fn.Properties.Events.Api: ...`. */
  readonly notices: readonly string[];
  /** REST APIs of API Gateway; left out, there is none. */
  readonly apis?: readonly RestApi[];
}

/** A REST API of API Gateway, as its stages serve it. */
export interface RestApi {
  readonly logicalId: string;
  /** The part of a real host name before `.execute-api.`; stable for a stack and a logical id. */
  readonly id: string;
  readonly methods: readonly ApiMethod[];
  readonly stages: readonly ApiStage[];
  /** `image/png`, `*\/*`: bodies that are bytes and no text. */
  readonly binaryMediaTypes: readonly string[];
}

export interface ApiStage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface ApiMethod {
  /** Of the resource: `/api/{proxy+}`, or `/`. */
  readonly path: string;
  /** An upper-case method, or `ANY`. */
  readonly method: string;
  readonly authorization: "AWS_IAM" | "NONE";
  readonly integration: MockIntegration | FunctionIntegration;
}

/** Always the same answer. */
export interface MockIntegration {
  readonly kind: "mock";
  readonly status: number;
  readonly body: string;
}

/** AWS_PROXY of a Lambda function. */
export interface FunctionIntegration {
  readonly kind: "function";
  /** Unqualified. */
  readonly functionArn: string;
  readonly qualifier?: string;
  /** Whose permission counts: API Gateway's in the function's policy, or the caller's own. */
  readonly invokedBy: "apiGateway" | "caller";
  readonly timeoutMs: number;
}

/** Who made a request: the session its signature was verified with. */
export interface Caller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
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
  /** `Policy` and `PolicyArns` of AssumeRole together: their statements add up. */
  readonly sessionPolicy?: PolicyDocument;
  /** Made by AssumeRoleWithWebIdentity: the provider that vouched for it. */
  readonly federatedProvider?: string;
}

/** Who asks, as a trust policy or a function's policy names them. */
export type Principal =
  | { readonly kind: "session"; readonly caller: Caller }
  /** A token of an OpenID provider; the ARN of the AWS::IAM::OIDCProvider. */
  | { readonly kind: "federated"; readonly providerArn: string }
  /** `lambda.amazonaws.com` */
  | { readonly kind: "service"; readonly name: string }
  | { readonly kind: "anonymous" };

/** A refusal in AWS's words. `type` is what `x-amzn-errortype` (or STS's <Code>) says. */
export interface AwsError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** Why a call is throttled: the body's `Reason`. */
  readonly reason?: string;
  /** For the terminal only: what AWS does not say. */
  readonly cause?: string;
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

/** The refusing half of an Outcome. */
export type Refused = Extract<Outcome<never>, { readonly ok: false }>;

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AwsError };
