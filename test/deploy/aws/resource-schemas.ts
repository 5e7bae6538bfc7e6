// CloudFormation's resource schemas of the types that the twin only names, as far as the templates of deploy/aws use them:
// which properties there are, which must be there, and which attributes can be asked for. What is misspelt here would
// show at the first deployment, after minutes, and roll it back.
//
// resource-schemas.txt: a type and its attributes, then its properties; below it, two spaces in, the types of its
// properties. `!`: required. `>`: the type below. A type of property that is not below is not looked into.
// As of November 2026; what is missing here is in the npm package @aws-cdk/aws-service-spec, or on the type's page.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isMembers, type Members } from "../../../deploy/local/aws/template/fields.js";

type Properties = Readonly<
  Record<string, { readonly isRequired: boolean; readonly type?: string | undefined }>
>;

interface ResourceSchema {
  readonly attributes: readonly string[];
  readonly properties: Properties;
  readonly types: Readonly<Record<string, Properties>>;
}

const text = readFileSync(join(__dirname, "resource-schemas.txt"), "utf8");

export const resourceSchemas: Readonly<Record<string, ResourceSchema>> = Object.fromEntries(
  text.split(/\n\n/).map((block) => {
    const [own = "", ...types] = block.split(/\n {2}(?=\S)/);
    const [head = "", ...lines] = own.split("\n");
    const [name = "", ...attributes] = head.trim().split(" .");
    const nested = types
      .map((type) => type.split("\n"))
      .map(([of = "", ...rest]) => [of, readProperties(rest)]);
    return [
      name,
      {
        attributes,
        properties: readProperties(lines),
        types: Object.fromEntries(nested) as ResourceSchema["types"],
      },
    ];
  }),
);

function readProperties(lines: readonly string[]): Properties {
  const words = lines.join(" ").trim().split(/\s+/);
  return Object.fromEntries(
    words.map((word) => {
      const [, name = "", mark, type] = /^(\w+)(!?)(?:>(\w+))?$/.exec(word) ?? [];
      if (name === "") throw new Error(`resource-schemas.txt: ${word}`);
      return [name, { isRequired: mark === "!", type }];
    }),
  );
}

/** What CloudFormation would refuse in a resource's properties, each with its place. */
export function schemaFaults(type: string, properties: unknown): string[] {
  const schema = resourceSchemas[type];
  if (schema === undefined) return [`${type} is not in resource-schemas.txt`];
  return faultsIn(properties, schema.properties, "Properties", schema.types);
}

function faultsIn(
  value: unknown,
  schema: Properties,
  path: string,
  types: ResourceSchema["types"],
): string[] {
  return chosen(value, path).flatMap(([members, at]) => {
    const missing = Object.keys(schema).filter((name) => schema[name]?.isRequired && !(name in members));
    return [
      ...missing.map((name) => `${at} lacks ${name}`),
      ...Object.entries(members).flatMap(([name, member]) => {
        const property = schema[name];
        if (property === undefined) return [`${at}.${name} is no property`];
        const below = types[property.type ?? ""];
        return below === undefined ? [] : faultsIn(member, below, `${at}.${name}`, types);
      }),
    ];
  });
}

/** Each of a list, and both sides of an `Fn::If`; what another intrinsic function gives is not known here. */
function chosen(value: unknown, path: string): [Members, string][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => chosen(item, `${path}[${index}]`));
  if (!isMembers(value)) return [];
  if (Array.isArray(value["Fn::If"])) return value["Fn::If"].slice(1).flatMap((side) => chosen(side, path));
  const isIntrinsic = Object.keys(value).some((key) => key === "Ref" || key.startsWith("Fn::"));
  return isIntrinsic ? [] : [[value, path]];
}
