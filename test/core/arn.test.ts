import { arnParts } from "../../server/core/arn.js";

test("an ARN has a partition, a service, a region, an account and a resource that may hold colons", () => {
  expect(arnParts("arn:aws-cn:lambda:cn-north-1:123456789012:function:reports:live")).toEqual({
    partition: "aws-cn",
    service: "lambda",
    region: "cn-north-1",
    accountId: "123456789012",
    resource: "function:reports:live",
  });
});

test("a service without regions leaves the region empty, and what is no ARN leaves all of it empty", () => {
  expect(arnParts("arn:aws:iam::123456789012:role/x").region).toBe("");
  expect(arnParts("reports")).toEqual({
    partition: "",
    service: "",
    region: "",
    accountId: "",
    resource: "",
  });
});
