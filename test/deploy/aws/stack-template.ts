// A template of deploy/aws as plain data, intrinsic functions written out: what its parts say, and which names they use.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMembers, type Members } from "../../../deploy/local/aws/template/fields.js";
import { readYaml } from "../../../deploy/local/aws/template/read-yaml.js";

const folder = join(__dirname, "../../../deploy/aws");

export interface StackTemplate {
  readonly text: string;
  readonly section: (name: string) => Members;
  /** What stands at `Resources.Service.Properties.Cluster`; throws where nothing does. */
  readonly at: (path: string) => unknown;
  /** Resources of a type, by logical id. */
  readonly ofType: (type: string) => readonly [string, Members][];
}

export function readStack(file: string): StackTemplate {
  const text = readFileSync(join(folder, file), "utf8");
  const faults: string[] = [];
  const document = readYaml(text, (path, message) => void faults.push(`${path}: ${message}`));
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const at = (path: string): unknown =>
    path.split(".").reduce<unknown>((value, step) => {
      const member = (value as Members)[step];
      if (member === undefined) throw new Error(`${file} has no ${path}`);
      return member;
    }, document);
  const section = (name: string): Members => at(name) as Members;
  const ofType = (type: string): [string, Members][] =>
    Object.entries(section("Resources")).filter(
      (entry): entry is [string, Members] => isMembers(entry[1]) && entry[1].Type === type,
    );
  return { text, section, at, ofType };
}

/** `Name` of Ref and Sub, `Name.Attribute` of GetAtt and Sub, with the place where each is used. */
export function usedNames(value: unknown, path = ""): { readonly name: string; readonly path: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => usedNames(item, `${path}[${index}]`));
  if (!isMembers(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    if (key === "Ref") return [{ name: String(member), path }];
    if (key === "Fn::GetAtt") return [{ name: (member as string[]).join("."), path }];
    if (key === "Fn::Sub") {
      const [text, own = {}] = (Array.isArray(member) ? member : [member]) as [string, Members?];
      const names = Array.from(text.matchAll(/\$\{([^!}][^}]*)\}/g), ([, name = ""]) => name);
      const ofTemplate = names.filter((name) => !Object.hasOwn(own, name)).map((name) => ({ name, path }));
      return [...ofTemplate, ...usedNames(own, `${path}.${key}`)];
    }
    return usedNames(member, `${path}.${key}`);
  });
}

/** Name and Value, or Key and Value, of a list's members. */
export const pairs = (list: unknown): Map<string, unknown> =>
  new Map((list as Members[]).map(({ Key, Name, Value }) => [String(Key ?? Name), Value]));

export const stacks = {
  ecs: { accountId: "123456789012", region: "eu-west-1", stackName: "grantway-gateway" },
  functions: { accountId: "123456789012", region: "eu-west-1", stackName: "grantway" },
};

export const stackFile = (name: string): string => join(folder, name);

/** Values for the parameters of ecs.yaml that have no Default. */
export const ecsParameters = {
  VpcId: "vpc-0123456789abcdef0",
  LoadBalancerSubnetIds: "subnet-0000000000000000a,subnet-0000000000000000b",
  TaskSubnetIds: "subnet-0000000000000000c,subnet-0000000000000000d",
  CertificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef",
  ImageRepository: "grantway",
  ImageDigest: `sha256:${"a".repeat(64)}`,
  InvokeRoleArns: "arn:aws:iam::123456789012:role/grantway-analyst",
  ConfigurationVersionId: "01234567-89ab-cdef-0123-456789abcdef",
};
