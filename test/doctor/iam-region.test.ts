// IAM is one for all Regions of a partition, and takes the signatures of one of them: of which, the AWS SDK knows.
import { IAMClient, GetRoleCommand } from "@aws-sdk/client-iam";
import { partitionOf } from "../../server/config/aws-partition.js";
import { queryError, withFakeAws, type AskedOfAws } from "./fake-aws.js";

/** Each partition, by a Region of it that is not IAM's where it has such a one. */
const regions = [
  ["eu-west-1", "us-east-1"],
  ["cn-northwest-1", "cn-north-1"],
  ["us-gov-east-1", "us-gov-west-1"],
  ["eusc-de-east-1", "eusc-de-east-1"],
  ["us-iso-west-1", "us-iso-east-1"],
  ["us-isob-west-1", "us-isob-east-1"],
  ["eu-isoe-west-1", "eu-isoe-west-1"],
  ["us-isof-east-1", "us-isof-south-1"],
] as const;

test.each(regions)("the SDK signs for IAM of %s as for %s, and so do we", async (region, iamRegion) => {
  const iam = new IAMClient({ region, credentials: { accessKeyId: "id", secretAccessKey: "secret" } });
  const asked: unknown[] = [];
  iam.middlewareStack.add(
    () => (args) => {
      asked.push(args.request);
      throw new Error("nothing goes out");
    },
    { step: "deserialize", priority: "low", name: "stop" },
  );
  await expect(iam.send(new GetRoleCommand({ RoleName: "r" }))).rejects.toThrow("nothing goes out");
  const partition = partitionOf(region);
  expect(asked).toMatchObject([
    {
      hostname: expect.stringMatching(`\\.${partition.domain.replaceAll(".", "\\.")}$`) as string,
      headers: { authorization: expect.stringContaining(`/${iamRegion}/iam/aws4_request`) as string },
    },
  ]);
  expect(partition.iamRegion).toBe(iamRegion);
});

test.each(regions)("a doctor of %s asks IAM in %s, and all else where it is", async (region, iamRegion) => {
  const asked: AskedOfAws[] = [];
  await withFakeAws(
    (question, res) => {
      asked.push(question);
      queryError(res, 403, "AccessDenied", "no");
    },
    async (ports) => {
      await ports.role("arn:aws:iam::123456789012:role/r");
      await ports.whoAmI();
    },
    undefined,
    region,
  );
  expect(asked.map((one) => [one.service, one.region])).toEqual([
    ["iam", iamRegion],
    ["sts", region],
  ]);
});
