// `Environment` of a function: names and size as Lambda takes them.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
import type { Report } from "../faults.js";
import type { Fields } from "../fields.js";

// Names that Lambda keeps for itself.
const reservedVariable =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/;

export function readEnvironment(environment: Fields, report: Report): Record<string, string> {
  const variables = environment.object("Variables");
  environment.end();
  const entries = variables.names().map((name): [string, string] => {
    const value = variables.any(name);
    const path = variables.at(name);
    if (!/^[A-Za-z][A-Za-z0-9_]+$/.test(name)) report(path, "is not the name of an environment variable");
    if (reservedVariable.test(name)) report(path, "is a name that Lambda keeps for itself");
    if (typeof value === "object") report(path, "must be a string");
    return [name, String(value)];
  });
  const bytes = entries.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (bytes > 4096) report(variables.path, "is over Lambda's 4 KB");
  return Object.fromEntries(entries);
}
