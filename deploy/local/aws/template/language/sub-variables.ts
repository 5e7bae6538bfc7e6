// The ${Name} in a text of Fn::Sub. `${!Name}` is the literal `${Name}`.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
// Spaces are part of a name here, and so name nothing: CloudFormation has no such names.

export const substituteVariables = (text: string, valueOf: (name: string) => string): string =>
  text.replace(/\$\{(!?)([^}]*)\}/g, (_, literal: string, name: string) =>
    literal === "" ? valueOf(name) : `\${${name}}`,
  );

export function subVariables(text: string): readonly string[] {
  const names: string[] = [];
  substituteVariables(text, (name) => {
    names.push(name);
    return "";
  });
  return names;
}
