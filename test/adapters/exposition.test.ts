import { asksForOpenMetrics, plainExposition } from "../../server/adapters/exposition.js";
import { createMetrics } from "../../server/adapters/metrics.js";

test.each<[string | undefined, boolean]>([
  [undefined, false],
  ["*/*", false],
  ["text/plain;version=0.0.4;q=0.5,*/*;q=0.1", false],
  ["application/openmetrics-text", true],
  ["application/openmetrics-text; version=1.0.0; charset=utf-8,text/plain;version=0.0.4;q=0.5", true],
  [
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
    true,
  ],
  ["text/plain, Application/OpenMetrics-Text;q=0.1", true],
  ["application/openmetrics-text;q=0", false],
  ["application/openmetrics-text;q=0.0, */*", false],
  ["application/openmetrics-text-of-another-kind", false],
])("Accept %j asks for OpenMetrics: %j", (accept, asks) => {
  expect(asksForOpenMetrics(accept)).toBe(asks);
});

test("the plain form of OpenMetrics is what there is without exemplars, line for line", async () => {
  const own = async (hasExemplars: boolean): Promise<string> => {
    const metrics = createMetrics(() => 3, { hasExemplars });
    const call = {
      route: 'a "quoted" # {name}',
      door: "proxy",
      status: 200,
      verdict: "complete",
      seconds: 0.02,
    };
    metrics.callStarted();
    metrics.callEnded({ ...call, traceId: "4bf92f3577b34da6a3ce929d0e0e4736" });
    const { text } = await metrics.read();
    return text;
  };
  const lines = (text: string): string[] =>
    text.split("\n").filter((line) => line.includes("grantway_") || line === "# EOF");
  const openMetrics = await own(true);
  expect(openMetrics).toMatch(/ # \{trace_id="4bf92f3577b34da6a3ce929d0e0e4736"\} 0\.02 [\d.]+$/m);
  expect(lines(plainExposition(openMetrics))).toEqual(lines(await own(false)));
});
