// Versions and aliases over Lambda's control API, asked by the AWS SDK with a real signature.
import {
  CreateAliasCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { good, type ReleaseTwin, startReleaseTwin } from "../../../release/release-twin.js";

let twin: ReleaseTwin;
beforeEach(async () => {
  twin = await startReleaseTwin();
});
afterEach(() => twin.close());

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:greeter";
const FunctionName = "greeter";
const publish = (input: object = {}) =>
  twin.releaser.lambda.send(new PublishVersionCommand({ FunctionName, ...input }));
const alias = { FunctionName, Name: "live" };
const update = (input: object) => twin.releaser.lambda.send(new UpdateAliasCommand({ ...alias, ...input }));
const bodyOf = async (Qualifier?: string): Promise<unknown> => {
  const { Payload } = await twin.releaser.lambda.send(
    new InvokeCommand({ FunctionName, ...(Qualifier !== undefined && { Qualifier }) }),
  );
  return JSON.parse(Payload?.transformToString() ?? "");
};

test("a published version keeps its code, whatever $LATEST becomes", async () => {
  await twin.edit(good("two"));
  expect(await publish({ Description: "the second" })).toMatchObject({
    $metadata: { httpStatusCode: 201 },
    ...{ FunctionName, Version: "2", FunctionArn: `${ARN}:2`, Description: "the second", State: "Active" },
  });
  await twin.edit(good("three"));
  expect([await bodyOf("1"), await bodyOf("2"), await bodyOf()]).toEqual(["one", "two", "three"]);
  expect(await bodyOf("live")).toBe("one");
});

test("nothing new publishes nothing, and a precondition that does not hold is refused", async () => {
  expect(await publish()).toMatchObject({ Version: "1" });
  const before = await twin.releaser.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  await twin.edit(good("two"));
  await expect(publish({ CodeSha256: before.CodeSha256 })).rejects.toMatchObject({
    name: "InvalidParameterValueException",
  });
  await expect(publish({ RevisionId: before.RevisionId })).rejects.toMatchObject({
    name: "PreconditionFailedException",
    $metadata: { httpStatusCode: 412 },
  });
  expect(await publish()).toMatchObject({ Version: "2" });
});

test("an alias is split, its ARN in the function hides which version ran, and the split ends", async () => {
  await twin.edit(good("two"));
  await publish();
  const { RevisionId } = await twin.releaser.lambda.send(new GetAliasCommand(alias));
  const RoutingConfig = { AdditionalVersionWeights: { "2": 0.3 } };
  expect(await update({ RoutingConfig, RevisionId })).toMatchObject({
    ...{ AliasArn: `${ARN}:live`, Name: "live", FunctionVersion: "1", RoutingConfig },
  });
  const versions = await twin.call(10);
  expect(versions.filter((version) => version === "2")).toHaveLength(3);
  await expect(update({ FunctionVersion: "2", RevisionId })).rejects.toMatchObject({
    name: "PreconditionFailedException",
  });
  const ended = await update({ FunctionVersion: "2", RoutingConfig: { AdditionalVersionWeights: {} } });
  expect([ended.FunctionVersion, ended.RoutingConfig]).toEqual(["2", undefined]);
  expect(new Set(await twin.call(10))).toEqual(new Set(["2"]));
});

test("a function URL on an alias follows its weights", async () => {
  await twin.edit(good("two"));
  await publish();
  await update({ RoutingConfig: { AdditionalVersionWeights: { "2": 0.5 } } });
  const url = twin.aws.functionUrls.get("greeter") ?? "";
  const bodies: string[] = [];
  for (let at = 0; at < 10; at += 1) bodies.push(await (await fetch(url)).text());
  expect(bodies.filter((body) => body === '"two"')).toHaveLength(5);
});

test.each([
  ["a weight above 1", { RoutingConfig: { AdditionalVersionWeights: { "1": 1.1 } } }, "ValidationException"],
  [
    "two further versions",
    { RoutingConfig: { AdditionalVersionWeights: { "2": 0.1, "3": 0.1 } } },
    "Invalid",
  ],
  [
    "$LATEST beside a version",
    { RoutingConfig: { AdditionalVersionWeights: { $LATEST: 0.1 } } },
    "Validation",
  ],
  ["a version that is not there", { FunctionVersion: "9" }, "ResourceNotFoundException"],
  ["a description of 257 characters", { Description: "x".repeat(257) }, "ValidationException"],
])("UpdateAlias with %s is refused", async (_what, input, name) => {
  await expect(update(input)).rejects.toMatchObject({ name: expect.stringContaining(name) as string });
});

test("versions and aliases are listed, page by page", async () => {
  for (const text of ["two", "three"]) {
    await twin.edit(good(text));
    await publish();
  }
  const list = (Marker?: string) =>
    twin.releaser.lambda.send(
      new ListVersionsByFunctionCommand({ FunctionName, MaxItems: 3, ...(Marker && { Marker }) }),
    );
  const first = await list();
  const second = await list(first.NextMarker);
  const versions = [first, second].map((page) => page.Versions?.map(({ Version }) => Version));
  expect([versions, second.NextMarker]).toEqual([[["$LATEST", "1", "2"], ["3"]], undefined]);
  const aliases = await twin.releaser.lambda.send(new ListAliasesCommand({ FunctionName }));
  expect(aliases.Aliases?.map(({ Name }) => Name)).toEqual(["live"]);
  const none = await twin.releaser.lambda.send(
    new ListAliasesCommand({ FunctionName, FunctionVersion: "2" }),
  );
  expect(none.Aliases).toEqual([]);
});

test("a configuration is that of its qualifier", async () => {
  const get = (Qualifier: string) =>
    twin.releaser.lambda.send(new GetFunctionConfigurationCommand({ FunctionName, Qualifier }));
  expect(await get("live")).toMatchObject({ Version: "1", FunctionArn: `${ARN}:live` });
  expect(await get("$LATEST")).toMatchObject({ Version: "$LATEST" });
  await expect(get("7")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("what is not served is refused by name", async () => {
  const command = new CreateAliasCommand({ FunctionName, Name: "next", FunctionVersion: "1" });
  await expect(twin.releaser.lambda.send(command)).rejects.toMatchObject({
    name: "UnknownOperationException",
    message: expect.stringContaining("UpdateAlias, not POST") as string,
  });
});

test("permission is asked for on the function and on what stands behind its colon", async () => {
  // The task's role has the alias's ARN alone.
  await expect(twin.task.lambda.send(new GetAliasCommand(alias))).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining(`lambda:GetAlias on resource: ${ARN} because`) as string,
  });
  await expect(
    twin.task.lambda.send(new PublishVersionCommand({ FunctionName: "nothing" })),
  ).rejects.toMatchObject({ name: "AccessDeniedException" });
  await expect(
    twin.releaser.lambda.send(new GetAliasCommand({ ...alias, Name: "other" })),
  ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("where aliases are not held a saved file is a version of its own, and the alias moves there", async () => {
  await twin.close();
  twin = await startReleaseTwin(false);
  await twin.edit(good("two"));
  expect(new Set(await twin.call(3))).toEqual(new Set(["2"]));
  expect(await bodyOf("live")).toBe("two");
  // The version that nothing names any more went with it.
  await expect(bodyOf("1")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});
