// autocannon as the load generator, where there is no wrk. It counts latency in whole milliseconds, and takes so much
// of its own core that fast contenders look closer together than they are.
import autocannon from "autocannon";
import { refuseFailures, type LoadGenerator } from "./load-generator.js";

export const createAutocannon = (): LoadGenerator => ({
  name: "autocannon",
  async run(origin, request, length) {
    const startedAt = performance.now();
    const result = await autocannon({
      url: `${origin}${request.path}`,
      method: request.method,
      headers: { authorization: `Bearer ${request.token}`, "content-type": "application/json" },
      ...(request.bodyBytes > 0 && { body: "x".repeat(request.bodyBytes) }),
      connections: request.connections,
      ...("seconds" in length ? { duration: length.seconds } : { amount: length.calls }),
      // It ends at a sample's end: by itself only once a second.
      sampleInt: 50,
    });
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    const report = {
      requestsPerSecond: result["2xx"] / elapsedSeconds,
      p50Ms: result.latency.p50,
      p99Ms: result.latency.p99,
      refused: result.non2xx,
      broken: result.errors,
    };
    refuseFailures(report, request);
    return report;
  },
});
