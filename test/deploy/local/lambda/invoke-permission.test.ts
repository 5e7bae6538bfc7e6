// Who may use the Invoke API: real signatures, real policies, the function that is named and its qualifier.
import { InvokeCommand, InvokeWithResponseStreamCommand } from "@aws-sdk/client-lambda";
import { authorizeInvoke } from "../../../../deploy/local/aws/iam/authorize-call.js";
import { policy, sampleRole, type StatementJson } from "../iam/sample-caller.js";
import { invokable, type InvokeHarness, serveInvoke } from "./invoke-harness.js";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:tells";

let harness: InvokeHarness | undefined;
afterEach(() => harness?.close());

const serveFor = async (...statements: readonly StatementJson[]): Promise<InvokeHarness> => {
  const role = sampleRole("analyst", {
    policies: [{ name: "p", document: policy("identity", ...statements) }],
  });
  harness = await serveInvoke(
    [invokable("tells")],
    (caller, { definition, functionArn, qualifier }, sourceIp) =>
      authorizeInvoke(
        { kind: "session", caller },
        definition ?? { arn: functionArn },
        qualifier,
        sourceIp,
        Date.now,
        { warn: () => undefined },
      ),
    role,
  );
  return harness;
};

const may = (Resource: string): StatementJson => ({ Action: "lambda:InvokeFunction", Resource });

/** What each way of naming the function comes to. */
const outcomes = async ({ client }: InvokeHarness, ...names: readonly string[]) =>
  Promise.all(
    names.map((FunctionName) =>
      client()
        .send(new InvokeCommand({ FunctionName }))
        .then(
          ({ StatusCode }) => StatusCode,
          (error: unknown) => (error as Error).name,
        ),
    ),
  );

test("a role that may invoke an alias may invoke nothing else", async () => {
  const twin = await serveFor(may(`${ARN}:live`));
  expect(await outcomes(twin, "tells:live", "tells", "tells:1", "tells:$LATEST")).toEqual([
    200,
    ...["AccessDeniedException", "AccessDeniedException", "AccessDeniedException"],
  ]);
});

test("a role without permission is told which it lacks, as AWS says it", async () => {
  const { client } = await serveFor({ Action: "lambda:InvokeFunctionUrl", Resource: "*" });
  const error = client().send(new InvokeCommand({ FunctionName: "tells", Qualifier: "live" }));
  await expect(error).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: `User: arn:aws:sts::123456789012:assumed-role/analyst/alice is not authorized to perform: lambda:InvokeFunction on resource: ${ARN}:live because no identity-based policy allows the lambda:InvokeFunction action`,
    $metadata: { httpStatusCode: 403 },
  });
});

test("what a role may through the URL alone, it may not here", async () => {
  const viaUrl = { Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } } };
  const { client } = await serveFor({ ...may("*"), ...viaUrl });
  const denied = { name: "AccessDeniedException" };
  const input = { FunctionName: "tells" };
  await expect(client().send(new InvokeCommand(input))).rejects.toMatchObject(denied);
  await expect(client().send(new InvokeWithResponseStreamCommand(input))).rejects.toMatchObject(denied);
});

test("whether a function exists is told only to whom it might be told", async () => {
  const twin = await serveFor(may(`${ARN}*`));
  expect(await outcomes(twin, "tells2", "nobody")).toEqual([
    "ResourceNotFoundException",
    "AccessDeniedException",
  ]);
});

test("a function of another account is refused, whatever the role may", async () => {
  const twin = await serveFor(may("*"));
  expect(await outcomes(twin, ARN.replace("123456789012", "999999999999"))).toEqual([
    "AccessDeniedException",
  ]);
});
