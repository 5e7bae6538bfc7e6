// Words of IAM's policy grammar that the configuration and a caller's own policy have in common.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

/** `s3:GetObject`, `s3:Get*` or `*`. */
export const actionPattern = /^(?:\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/;
export const maxActionLength = 128;

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const compared = "(?:Equals|NotEquals|LessThan|LessThanEquals|GreaterThan|GreaterThanEquals)";
export const conditionOperatorPattern = new RegExp(
  "^(?:Null|(?:ForAllValues:|ForAnyValue:)?(?:String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)|Arn(?:Not)?(?:Equals|Like)" +
    `|Numeric${compared}|Date${compared}|Bool|BinaryEquals|(?:Not)?IpAddress)(?:IfExists)?)$`,
);
