// Settings of the Lambda Web Adapter, by its own names; what the twin's stand-in does not do is refused.
import { readWebAdapterSettings } from "../../../../../deploy/local/aws/lambda/web-adapter/settings.js";

const settings = (variables: Record<string, string>) => {
  const read = readWebAdapterSettings(variables);
  if (!read.ok) throw new Error(read.denial);
  return read.value;
};

test("without a word: port 8080, ready when / answers below 500, whole answers", () => {
  const { isHealthy, isError, ...rest } = settings({});
  expect(rest).toEqual({
    ...{ port: 8080, readinessPath: "/", readinessProtocol: "http", isStreaming: false },
    ...{ basePath: "", passThroughPath: "/events", authorizationSource: undefined },
  });
  expect([99, 100, 499, 500].map(isHealthy)).toEqual([false, true, true, false]);
  expect([200, 500].map(isError)).toEqual([false, false]);
});

test("AWS_LWA_PORT stands over PORT", () => {
  expect(settings({ PORT: "3000" }).port).toBe(3000);
  expect(settings({ PORT: "3000", AWS_LWA_PORT: "4000" }).port).toBe(4000);
});

test("statuses are single ones and ranges", () => {
  const { isHealthy, isError } = settings({
    AWS_LWA_READINESS_CHECK_HEALTHY_STATUS: "200-299, 404",
    AWS_LWA_ERROR_STATUS_CODES: "500,502-504",
  });
  expect([199, 200, 299, 300, 404].map(isHealthy)).toEqual([false, true, true, false, true]);
  expect([500, 501, 502, 504, 505].map(isError)).toEqual([true, false, true, true, false]);
});

test.each([
  [{ AWS_LWA_ASYNC_INIT: "true" }, "AWS_LWA_ASYNC_INIT is not done by the local twin's web adapter"],
  [{ AWS_LWA_INVOKEMODE: "buffered" }, "AWS_LWA_INVOKEMODE is not done"],
  [{ READINESS_CHECK_PATH: "/x" }, "READINESS_CHECK_PATH is deprecated: write AWS_LWA_READINESS_CHECK_PATH"],
  [{ AWS_LWA_INVOKE_MODE: "stream" }, "buffered or response_stream, not stream"],
  [{ AWS_LWA_READINESS_CHECK_PROTOCOL: "https" }, "http or tcp, not https"],
  [{ AWS_LWA_READINESS_CHECK_PORT: "9" }, "must be the app's own port"],
  [{ AWS_LWA_ERROR_STATUS_CODES: "5xx" }, "statuses are written 500 or 500-599"],
  [{ PORT: "http" }, "http is not a port"],
  [{ PORT: "65536" }, "65536 is not a port"],
])("%j is refused", (variables, why) => {
  expect(readWebAdapterSettings(variables as Record<string, string>)).toEqual({
    ok: false,
    denial: expect.stringContaining(why) as unknown,
  });
});
