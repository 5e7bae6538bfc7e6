// `requestContext.time` of the events that API Gateway and function URLs make: `10/Jul/2026:19:19:06 +0000`.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads

/** `now` in epoch milliseconds. */
export const requestTime = (now: number): string =>
  new Date(now).toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/, "$1/$2/$3:$4 +0000");
