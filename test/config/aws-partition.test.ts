import { partitionFault, partitionOf } from "../../server/config/aws-partition.js";
import { faultsIn, minimal, role, settingsOf } from "./documents.js";

test.each([
  ["eu-west-1", "aws", "amazonaws.com"],
  ["us-east-1", "aws", "amazonaws.com"],
  ["cn-north-1", "aws-cn", "amazonaws.com.cn"],
  ["us-gov-west-1", "aws-us-gov", "amazonaws.com"],
  ["eusc-de-east-1", "aws-eusc", "amazonaws.eu"],
  ["us-iso-west-1", "aws-iso", "c2s.ic.gov"],
  ["us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"],
  ["eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"],
  ["us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"],
])("the region %s is in the partition %s", (region, name, domain) => {
  expect(partitionOf(region)).toMatchObject({ name, domain });
  expect(partitionFault(`arn:${name}:lambda:${region}:123456789012:function:f`)).toBeUndefined();
});

describe("a role and sts.region", () => {
  const withRegion = (region: string, ...roleArns: string[]) => ({
    ...minimal,
    sts: { region },
    roles: roleArns.map((roleArn, index) => ({ ...role, name: `r${index}`, roleArn })),
  });
  const fault = "must begin with arn:aws-cn:, as sts.region is cn-north-1";

  test("are of one partition: STS knows no role of another", () => {
    expect(
      faultsIn(
        withRegion(
          "cn-north-1",
          "arn:aws:iam::123456789012:role/a",
          "arn:aws-cn:iam::123456789012:role/b",
          "arn:aws-us-gov:iam::123456789012:role/c",
        ),
      ),
    ).toEqual({ "roles[0].roleArn": fault, "roles[2].roleArn": fault });
    expect(faultsIn(withRegion("eu-west-1", "arn:aws-cn:iam::123456789012:role/b"))).toEqual({
      "roles[0].roleArn": "must begin with arn:aws:, as sts.region is eu-west-1",
    });
    expect(settingsOf(withRegion("cn-north-1", "arn:aws-cn:iam::123456789012:role/b")).sts.region).toBe(
      "cn-north-1",
    );
  });

  test("also where the role has slots", () => {
    const document = withRegion("cn-north-1", "arn:aws:iam::123456789012:role/t-${claims.tenant}");
    const roleArnPattern = "arn:aws:iam::123456789012:role/t-*";
    const roles = document.roles.map((each) => ({ ...each, roleArnPattern }));
    expect(faultsIn({ ...document, roles })).toEqual({ "roles[0].roleArn": fault });
  });

  test("out of shape are told as that alone", () => {
    expect(Object.keys(faultsIn(withRegion("Beijing", "arn:aws:iam::123456789012:role/a")))).toEqual([
      "sts.region",
    ]);
    for (const roleArn of ["arn:aws:iam::1:role/a", "arn:aws:s3:::b", "a"])
      expect(faultsIn(withRegion("cn-north-1", roleArn))["roles[0].roleArn"]).toContain("IAM role");
    expect(faultsIn({ ...minimal, sts: 1 })).toEqual({ sts: "must be a mapping; got 1" });
  });
});
