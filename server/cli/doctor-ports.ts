// The real things behind a doctor: AWS SDK clients, and a fetcher for issuers. Loaded when the command needs them. The
// gateway's questions go by the standard credential chain, those of whoever reads by a profile where one is named.
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { STSClient } from "@aws-sdk/client-sts";
import { createFetchJson } from "../adapters/fetch-json.js";
import { partitionOf } from "../config/aws-partition.js";
import type { Settings } from "../config/compile.js";
import { arnParts } from "../core/arn.js";
import type { DoctorPorts } from "../doctor/ports.js";
import { dryRunAsker } from "../doctor/readers/ask-dry-run.js";
import { readerOf, stsAsker } from "../doctor/readers/ask-sts.js";
import { boundAnswer, nextToTheWire } from "../doctor/readers/bound-answer.js";
import { iamReader } from "../doctor/readers/read-iam.js";
import { readIssuer } from "../doctor/readers/read-issuer.js";
import { lambdaReader } from "../doctor/readers/read-lambda.js";
import { loadBalancerReader } from "../doctor/readers/read-load-balancer.js";
import type { Clock } from "../ports.js";

export interface PortsOptions {
  readonly sts: Settings["sts"];
  /** In place of AWS, for IAM, Lambda and ELB: the local twin's. */
  readonly endpoint?: string;
  readonly readerProfile?: string;
  /** For load balancers, whose own ARN tells it. */
  readonly loadBalancer?: string;
  readonly clock: Clock;
  readonly requestTimeoutMs?: number;
}

export interface OpenDoctorPorts extends DoctorPorts {
  close(): Promise<void>;
}

export function openDoctorPorts(options: PortsOptions): OpenDoctorPorts {
  const { sts: place, endpoint, readerProfile, clock, requestTimeoutMs = 5_000 } = options;
  const bounded = boundedClients(requestTimeoutMs);
  const reading = {
    ...(endpoint !== undefined && { endpoint }),
    ...(readerProfile !== undefined && { profile: readerProfile }),
  };
  const sts = bounded(STSClient, place);
  const readerSts = bounded(STSClient, { ...reading, ...place });
  const iam = bounded(IAMClient, { ...reading, region: partitionOf(place.region).iamRegion });
  const lambdas = new Map<string, LambdaClient>();
  const lambdaOf = (functionArn: string): LambdaClient => {
    const { region } = arnParts(functionArn);
    const client = lambdas.get(region) ?? bounded(LambdaClient, { ...reading, region });
    lambdas.set(region, client);
    return client;
  };
  const region = options.loadBalancer === undefined ? place.region : arnParts(options.loadBalancer).region;
  const elb = bounded(ElasticLoadBalancingV2Client, { ...reading, region });
  const fetcher = createFetchJson();
  return {
    ...stsAsker(sts, clock),
    ...iamReader(iam),
    ...lambdaReader(lambdaOf),
    ...loadBalancerReader(elb),
    ...dryRunAsker(sts, (called, credentials) =>
      bounded(LambdaClient, {
        region: called.region,
        endpoint: called.origin,
        ...(credentials && { credentials }),
      }),
    ),
    reader: () => readerOf(readerSts),
    issuer: (issuer) => readIssuer(issuer, fetcher.fetchJson),
    close: async () => {
      for (const client of [sts, readerSts, iam, elb, ...lambdas.values()]) client.destroy();
      await fetcher.close();
    },
  };
}

/** What the clients of all services have in common here. */
interface Client {
  readonly middlewareStack: {
    add(middleware: ReturnType<typeof boundAnswer>, position: typeof nextToTheWire): void;
  };
}

/** The SDK itself waits for ever, for an answer as for its end. */
function boundedClients(requestTimeoutMs: number) {
  const bounds = {
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 2_000,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  };
  return <C extends Client, O extends object>(
    Of: new (options: O & typeof bounds) => C,
    options: NoInfer<O>,
  ): C => {
    const client = new Of({ ...options, ...bounds });
    client.middlewareStack.add(boundAnswer(requestTimeoutMs), nextToTheWire);
    return client;
  };
}
