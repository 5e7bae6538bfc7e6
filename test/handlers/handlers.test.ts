// The deployed functions' own code; how it runs as functions is tested in test/deploy/local/lambda.
import type { LambdaFunctionURLEvent } from "aws-lambda";
import { handler as echo } from "../../handlers/echo/handler.js";
import { handler as hello } from "../../handlers/hello/handler.js";
import { type LongJob, parseJob, progress } from "../../handlers/long/progress.js";

test("hello greets the world as JSON", async () => {
  expect(await hello()).toEqual({
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: '{"message":"hello world"}',
  });
});

test("echo answers with its event, but keeps the session token to itself", async () => {
  const event = {
    rawPath: "/a",
    headers: { "x-amz-security-token": "secret", "x-other": "shown" },
  } as unknown as LambdaFunctionURLEvent;
  const { body } = (await echo(event)) as { body: string };
  expect(JSON.parse(body)).toEqual({ rawPath: "/a", headers: { "x-other": "shown" } });
});

describe("long", () => {
  const run = async (job: LongJob): Promise<{ lines: string[]; pauses: number[] }> => {
    const pauses: number[] = [];
    const pause = (ms: number) => Promise.resolve(pauses.push(ms));
    const lines: string[] = [];
    for await (const line of progress(job, pause)) lines.push(`${line.trimEnd()} after ${pauses.length} s`);
    return { lines, pauses };
  };

  test("says one line a second", async () => {
    const { lines, pauses } = await run({ seconds: 3, silent: false });
    expect(lines).toEqual(["1/3 ... after 1 s", "2/3 ... after 2 s", "3/3 done after 3 s"]);
    expect(pauses).toEqual([1000, 1000, 1000]);
  });

  test("says nothing until its end when it is silent", async () => {
    const { lines } = await run({ seconds: 3, silent: true });
    expect(lines).toEqual(["done after 3 s without a word after 3 s"]);
  });

  test.each([
    [{}, { seconds: 40, silent: false }],
    [{ seconds: "1" }, { seconds: 1, silent: false }],
    [
      { seconds: "890", silent: "0" },
      { seconds: 890, silent: false },
    ],
    [
      { silent: "1", other: "x" },
      { seconds: 40, silent: true },
    ],
  ])("understands %j", (query, job) => {
    expect(parseJob(query)).toEqual({ ok: true, job });
  });

  test.each(["0", "891", "1000", "-1", "1.5", "1e2", "", " 1", "01", "1,2", "ten"])(
    "refuses %p seconds and says what it takes",
    (seconds) => {
      expect(parseJob({ seconds })).toEqual({
        ok: false,
        message: "seconds must be a whole number from 1 to 890",
      });
    },
  );

  test.each(["", "2", "true", "1,1"])("refuses silent=%p", (silent) => {
    expect(parseJob({ silent })).toEqual({ ok: false, message: "silent must be 0 or 1" });
  });
});
