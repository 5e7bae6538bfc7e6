// Globals.Function laid under a function's own properties, as SAM does it: maps are merged, lists appended, anything
// else is replaced; an intrinsic function is not looked into. `IgnoreGlobals` leaves some or all of it out.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
import type { Fields, Members } from "../fields.js";
import { isMembers } from "../fields.js";
import { isIntrinsic } from "../language/intrinsics.js";

const globalProperties = [
  ...[
    "Handler",
    "Runtime",
    "CodeUri",
    "DeadLetterQueue",
    "Description",
    "MemorySize",
    "Timeout",
    "VpcConfig",
  ],
  ...["Environment", "Tags", "PropagateTags", "Tracing", "KmsKeyArn", "AutoPublishAlias", "Layers"],
  ...["AutoPublishAliasAllProperties", "DeploymentPreference", "RolePath", "PermissionsBoundary"],
  ...["ReservedConcurrentExecutions", "ProvisionedConcurrencyConfig", "AssumeRolePolicyDocument"],
  ...["EventInvokeConfig", "Architectures", "SnapStart", "EphemeralStorage", "FunctionUrlConfig"],
  ...["RuntimeManagementConfig", "LoggingConfig", "RecursiveLoop"],
];

/** What SAM takes in Globals.Function; anything else is a fault. */
export function readFunctionGlobals(section: Fields): Members {
  section.ignore(...globalProperties);
  section.end();
  return Object.fromEntries(section.names().map((name) => [name, section.any(name)]));
}

export function applyGlobals(globals: Members, own: Members, ignored: unknown): Members {
  if (ignored === "*") return own;
  const names: readonly unknown[] = Array.isArray(ignored) ? ignored : [];
  const used = Object.entries(globals).filter(([name]) => !names.includes(name));
  return mergeMaps(Object.fromEntries(used), own);
}

function mergeMaps(base: Members, own: Members): Members {
  const merged = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(own)) merged.set(name, mergeValues(merged.get(name), value));
  return Object.fromEntries(merged);
}

function mergeValues(base: unknown, own: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(own)) return [...(base as unknown[]), ...(own as unknown[])];
  const isMap = (value: unknown): value is Members => isMembers(value) && !isIntrinsic(value);
  return isMap(base) && isMap(own) ? mergeMaps(base, own) : own;
}
