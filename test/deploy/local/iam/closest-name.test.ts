import { closestName } from "../../../../deploy/local/aws/iam/closest-name.js";

const names = ["InvokeFunction", "InvokeFunctionUrl", "InvokeAsync", "GetFunction"];

test.each([
  ["InvokeFunctionUrl", "InvokeFunctionUrl"],
  ["InvokeFunctionURL", "InvokeFunctionUrl"],
  ["InvokFunctionUrl", "InvokeFunctionUrl"],
  ["InvokeFunctions", "InvokeFunction"],
  ["invokeasnyc", "InvokeAsync"],
  ["DeleteBucket", undefined],
  ["", undefined],
  ["abc", undefined],
])("somebody who wrote %j meant %j", (name, closest) => {
  expect(closestName(name, names)).toBe(closest);
});

test("one letter in three may differ, no more", () => {
  expect(closestName("abcdef", ["abcdxx"])).toBe("abcdxx");
  expect(closestName("abcdef", ["abcxxx"])).toBeUndefined();
  expect(closestName("abcdef", [])).toBeUndefined();
});
