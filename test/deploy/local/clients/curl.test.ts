// curl's `--aws-sigv4` against a function URL. curl 7.88 signs a query as it stands, so that only a sorted one holds.
import { type ClientTwin, type Keys, run, startClientTwin, testWith } from "./client-twin.js";

const testCurl = testWith("curl", "--aws-sigv4", "aws:amz:eu-west-1:lambda", "--version");

let twin: ClientTwin;
beforeAll(async () => {
  twin = await startClientTwin();
}, 30_000);
afterAll(() => twin.close());

interface CurlAnswer {
  readonly status: number;
  readonly errorType: string;
  readonly body: string;
}

async function curl(
  path: string,
  more: readonly string[] = [],
  keys: Keys = twin.caller,
  scope = "eu-west-1:lambda",
): Promise<CurlAnswer> {
  const signing = [
    "--aws-sigv4",
    `aws:amz:${scope}`,
    "--user",
    `${keys.accessKeyId}:${keys.secretAccessKey}`,
  ];
  const token = ["--header", `x-amz-security-token: ${keys.sessionToken}`];
  const url = `${twin.url("tell").slice(0, -1)}${path}`;
  const { out } = await run("curl", ["--silent", "--include", ...signing, ...token, ...more, url]);
  const [head = "", body = ""] = out.split("\r\n\r\n", 2);
  const errorType = /^x-amzn-errortype: (\S+)/im.exec(head)?.[1] ?? "";
  return { status: Number(head.split(" ")[1]), errorType, body };
}

testCurl("a GET signed by curl reaches the function as its session", async () => {
  const { status, body } = await curl("/reports/2026?a=1&b=2");
  expect([status, JSON.parse(body)]).toEqual([
    200,
    expect.objectContaining({ rawPath: "/reports/2026", rawQueryString: "a=1&b=2", userArn: twin.callerArn }),
  ]);
});

testCurl("a POST signed by curl brings its body", async () => {
  const json = ["--header", "content-type: application/json", "--data", '{"a":1}'];
  const { status, body } = await curl("/reports", json);
  expect([status, JSON.parse(body)]).toEqual([
    200,
    expect.objectContaining({ method: "POST", body: '{"a":1}' }),
  ]);
});

testCurl(
  "curl without the session's token, or with another secret, region or service, is refused",
  async () => {
    const asked = [
      await curl("/", [], { ...twin.caller, sessionToken: "x" }),
      await curl("/", [], { ...twin.caller, secretAccessKey: "x" }),
      await curl("/", [], twin.caller, "us-east-1:lambda"),
      await curl("/", [], twin.caller, "eu-west-1:s3"),
      await curl("/", [], twin.task),
    ];
    expect(asked.map(({ status, errorType }) => `${status} ${errorType}`)).toEqual([
      "403 UnrecognizedClientException",
      "403 InvalidSignatureException",
      "403 InvalidSignatureException",
      "403 InvalidSignatureException",
      "403 AccessDeniedException",
    ]);
  },
);
