// The Parameters of a template and the values they are given.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
// Types that AWS would look up (AWS::SSM::Parameter::Value) are refused; ids of VPCs and the like are taken as text.
import { unsupported, type Report } from "../faults.js";
import { readFields, type Fields } from "../fields.js";
import type { Value } from "./intrinsics.js";

const identifier =
  "AWS::(EC2::(AvailabilityZone::Name|Image::Id|Instance::Id|KeyPair::KeyName|SecurityGroup::(GroupName|Id)|Subnet::Id|VPC::Id|Volume::Id)|Route53::HostedZone::Id)";
const singleType = new RegExp(`^(String|Number|AWS::SSM::Parameter::Name|${identifier})$`);
const listType = new RegExp(`^(CommaDelimitedList|List<(Number|${identifier})>)$`);
const number = /^-?\d{1,15}(\.\d{1,15})?$/;

export function readParameters(
  section: Fields,
  given: Readonly<Record<string, string>>,
  report: Report,
): ReadonlyMap<string, Value> {
  if (section.names().length > 200) report(section.path, "has more than 200 members");
  const values = new Map<string, Value>();
  for (const name of section.names()) {
    const parameter = readFields(section.any(name), section.at(name), report);
    if (!/^[A-Za-z0-9]{1,255}$/.test(name))
      report(parameter.path, "a parameter's name is letters and digits");
    const own = Object.hasOwn(given, name) ? given[name] : undefined;
    values.set(name, readParameter(name, parameter, own, report));
    parameter.end();
  }
  for (const name of Object.keys(given)) {
    if (!section.has(name)) report("Parameters", `${name} is given but not declared`);
  }
  return values;
}

function readParameter(name: string, parameter: Fields, given: string | undefined, report: Report): Value {
  const type = parameter.text("Type", /./);
  const isList = listType.test(type);
  if (type !== "" && !isList && !singleType.test(type))
    parameter.fault("Type", `"${type}" ${unsupported}; name a value of type String instead`);
  parameter.ignore("Description", "Default");
  parameter.boolean("NoEcho", false);
  const fallback = parameter.any("Default");
  const value = given ?? fallback;
  if (typeof value !== "string" && typeof value !== "number") {
    const help = `has no value and no Default; give one with --parameter ${name}=VALUE`;
    report(parameter.path, value === undefined ? help : "its Default must be a string or a number");
    skipConstraints(parameter);
    return isList ? [] : "";
  }
  const texts = textsOf(value, isList);
  checkValues(texts, type, parameter, report);
  // A Default that its own constraints refuse is a fault also where it is not used.
  if (fallback !== undefined && fallback !== value)
    checkValues(textsOf(fallback, isList), type, parameter, (path, message) => {
      report(path, `its Default: ${message}`);
    });
  return isList ? texts : String(value);
}

/** Each item of a comma-delimited list is trimmed. */
const textsOf = (value: unknown, isList: boolean): readonly string[] =>
  isList
    ? String(value)
        .split(",")
        .map((item) => item.trim())
    : [String(value)];

const skipConstraints = (parameter: Fields): void =>
  parameter.ignore(
    ...["AllowedValues", "AllowedPattern", "ConstraintDescription"],
    ...["MinLength", "MaxLength", "MinValue", "MaxValue"],
  );

function checkValues(values: readonly string[], type: string, parameter: Fields, report: Report): void {
  const why = parameter.has("ConstraintDescription") ? parameter.text("ConstraintDescription", /^/) : "";
  const refuse = (message: string): void =>
    report(parameter.path, why === "" ? message : `${message} (${why})`);
  const isNumber = type === "Number" || type === "List<Number>";
  const allowed = parameter.has("AllowedValues") ? parameter.list("AllowedValues").map(String) : undefined;
  const pattern = readPattern(parameter);
  const range = readRange(isNumber, parameter);
  for (const value of values) {
    const size = isNumber ? Number(value) : value.length;
    if (Buffer.byteLength(value) > 4096) refuse("is over 4096 bytes");
    if (isNumber && !number.test(value)) refuse(`"${value}" is not a number`);
    else if (size < range.least || size > range.most) refuse(`"${value}" is outside ${range.words}`);
    if (allowed?.includes(value) === false) refuse(`takes ${allowed.join(", ")}`);
    if (pattern?.test(value) === false) refuse(`"${value}" does not match ${pattern.source}`);
  }
}

/** CloudFormation's patterns are Java's and match the whole value; one that JavaScript cannot read is a fault. */
function readPattern(parameter: Fields): RegExp | undefined {
  if (!parameter.has("AllowedPattern")) return undefined;
  try {
    return new RegExp(`^(?:${parameter.text("AllowedPattern", /./)})$`);
  } catch {
    parameter.fault("AllowedPattern", "is not a pattern that the local twin can read");
    return undefined;
  }
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly words: string;
}

/** The other kind's pair is left unread, and so a fault. */
function readRange(isNumber: boolean, parameter: Fields): Range {
  const [from, to] = isNumber ? ["MinValue", "MaxValue"] : ["MinLength", "MaxLength"];
  const read = (name: string, fallback: number): number =>
    parameter.has(name) ? Number(parameter.scalar(name, number)) : fallback;
  const least = read(from, -Infinity);
  const most = read(to, Infinity);
  return { least, most, words: `${from} ${least}, ${to} ${most}` };
}
