// How far credentials go that were granted for each kind of target. Their role may do all of Lambda and of API Gateway, so
// whatever they are denied is denied by the session policy alone.
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { AwsClient } from "aws4fetch";
import { startAlike, type Alike } from "./targets-alike/start-alike.js";

interface Credentials {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

interface Granted extends Credentials {
  readonly Service: string;
  readonly FuncUrl: string;
}

interface Call {
  readonly url: string;
  readonly method?: string;
  readonly service: "lambda" | "execute-api";
  readonly headers?: Readonly<Record<string, string>>;
}

let alike: Alike;
beforeAll(async () => {
  alike = await startAlike();
});
afterAll(() => alike.close());

const grantFor = async (route: string): Promise<Granted> =>
  (await (await alike.fetch(`/grant/${route}`)).json()) as Granted;

const callWith = (credentials: Credentials, { url, method = "GET", service, headers = {} }: Call) =>
  new AwsClient({
    accessKeyId: credentials.AccessKeyId ?? "",
    secretAccessKey: credentials.SecretAccessKey ?? "",
    sessionToken: credentials.SessionToken ?? "",
    ...{ service, region: "eu-west-1", retries: 0 },
  }).fetch(url, { method, headers, ...(method === "POST" && { body: "{}" }) });

const functionUrl = (path = ""): Call => ({
  url: (alike.aws.functionUrls.get("alike") ?? "") + path,
  service: "lambda",
});
const stage = (path: string): Call => ({
  url: `${alike.aws.apiStages[0]?.url ?? ""}/${path}`,
  service: "execute-api",
});
const functions = (path: string, method = "GET"): Call => ({
  url: `${alike.aws.endpoint}${path}`,
  ...{ method, service: "lambda" },
});
const invoke = (qualified: string): Call =>
  functions(`/2015-03-31/functions/${encodeURIComponent(qualified)}/invocations`, "POST");

const ways: Readonly<Record<string, () => Call>> = {
  "the function's URL": () => functionUrl("url/text"),
  "the function by its alias": () => invoke("alike:live"),
  "the function, dry": () => ({
    ...invoke("alike:live"),
    headers: { "x-amz-invocation-type": "DryRun" },
  }),
  "the function by its version": () => invoke("alike:1"),
  "the function as it stands": () => invoke("alike"),
  "its latest code": () => invoke("alike:$LATEST"),
  "another function": () => invoke("alike-stream:live"),
  "the alias's own settings": () => functions("/2015-03-31/functions/alike/aliases/live"),
  "the list of its versions": () => functions("/2015-03-31/functions/alike/versions"),
  "a new version": () => functions("/2015-03-31/functions/alike/versions", "POST"),
  "the stage's path": () => stage("stage/text"),
  "another path of the stage": () => stage("other/text"),
};

test("their role itself may take every one of these ways", async () => {
  const sts = new STSClient({ region: "eu-west-1", endpoint: alike.aws.endpoint });
  const { Credentials: unbounded = {} } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: "arn:aws:iam::123456789012:role/alike-caller",
      RoleSessionName: "unbounded",
    }),
  );
  sts.destroy();
  for (const [way, call] of Object.entries(ways)) {
    const { status } = await callWith(unbounded, call());
    expect([way, Math.floor(status / 100)]).toEqual([way, 2]);
  }
});

/** What each may do, and nothing else. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  url: ["the function's URL"],
  invoke: ["the function by its alias", "the function, dry"],
  stage: ["the stage's path"],
};

describe.each(Object.entries(allowed))("credentials granted for %s", (route, mayTake) => {
  let granted: Granted;
  beforeAll(async () => {
    granted = await grantFor(route);
  });

  const others = Object.keys(ways).filter((way) => !mayTake.includes(way));
  const statusOf = async (way: string) => {
    const { status, headers } = await callWith(granted, ways[way]?.() ?? functionUrl());
    return [Math.floor(status / 100), headers.get("x-amzn-errortype")];
  };

  test.each(mayTake)("call %s", async (way) => {
    expect(await statusOf(way)).toEqual([2, null]);
  });

  test.each(others)("do not call %s", async (way) => {
    expect(await statusOf(way)).toEqual([4, "AccessDeniedException"]);
  });
});

test("credentials for a stage call it by every method, as the grant says how to sign", async () => {
  const credentials = await grantFor("stage");
  expect(credentials.Service).toBe("execute-api");
  const call = { ...stage("stage/body"), url: `${credentials.FuncUrl}stage/body` };
  for (const method of ["GET", "POST", "DELETE"]) {
    expect((await callWith(credentials, { ...call, method })).status).not.toBe(403);
  }
});

test("credentials for an invocation call it where the grant says", async () => {
  const credentials = await grantFor("invoke");
  const call = { url: credentials.FuncUrl, method: "POST", service: "lambda" } as const;
  expect((await callWith(credentials, call)).status).toBe(200);
});
