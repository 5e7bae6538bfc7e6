// What a load generator is asked, and what it says: wrk where there is one, else autocannon.

export interface LoadRequest {
  readonly method: "GET" | "POST";
  /** With its query. */
  readonly path: string;
  readonly token: string;
  readonly bodyBytes: number;
  readonly connections: number;
}

/** How much of it: wrk knows seconds only, and takes one where calls are counted. */
export type LoadLength = { readonly seconds: number } | { readonly calls: number };

export const lengthText = (length: LoadLength): string =>
  "seconds" in length ? `${length.seconds} s` : `${length.calls} calls`;

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadGenerator {
  readonly name: "wrk" | "autocannon";
  /** @throws when anything but 200s came back, or nothing at all: that would measure refusals. */
  run(origin: string, request: LoadRequest, length: LoadLength): Promise<LoadResult>;
}

/** Calls that were not answered with 2xx, and those that were not answered. */
export interface Failures {
  readonly refused: number;
  readonly broken: number;
}

export function refuseFailures(report: LoadResult & Failures, { method, path }: LoadRequest): void {
  const { refused, broken, requestsPerSecond } = report;
  if (refused + broken > 0)
    throw new Error(`under load, of ${method} ${path} ${refused} were refused and ${broken} broken or late`);
  // A machine that others keep busy may starve one process for seconds.
  if (requestsPerSecond === 0) throw new Error(`under load, no ${method} ${path} was answered`);
}
