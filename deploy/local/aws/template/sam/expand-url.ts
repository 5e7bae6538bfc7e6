// FunctionUrlConfig -> AWS::Lambda::Url and, where AuthType says NONE in so many words, the two permissions that SAM
// adds for everybody. (It does not look behind an intrinsic function, and adds none then.)
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-functionurlconfig.html
import { isMembers, type Members } from "../fields.js";
import { isIntrinsic } from "../language/intrinsics.js";
import type { Resource } from "../resource.js";
import { makeBeside, placeOf, type SamContext, type SamFunction } from "./sam-function.js";

export function expandUrl(fn: SamFunction, target: Members, { report }: SamContext): Resource[] {
  const config = fn.properties.FunctionUrlConfig;
  if (config === undefined) return [];
  const place = placeOf(fn, "FunctionUrlConfig");
  if (!isMembers(config) || isIntrinsic(config)) {
    report(place, "must be an object; SAM reads no intrinsic function in its stead");
    return [];
  }
  checkCors(config.Cors, place, report);
  const { Cors: cors, ...rest } = config;
  // SAM leaves an empty Cors out.
  const hasCors = cors !== undefined && !(isMembers(cors) && Object.keys(cors).length === 0);
  const properties = { ...rest, ...(hasCors ? { Cors: cors } : {}), TargetFunctionArn: target };
  const names = [...Object.keys(config), "AuthType"];
  const places = Object.fromEntries(names.map((name) => [name, `${place}.${name}`]));
  const url = makeBeside(fn, `${fn.logicalId}Url`, "AWS::Lambda::Url", properties, places);
  return config.AuthType === "NONE" ? [url, ...publicPermissions(fn, target)] : [url];
}

const publicPermissions = (fn: SamFunction, target: Members): Resource[] => {
  const permission = (id: string, properties: Members): Resource =>
    makeBeside(fn, id, "AWS::Lambda::Permission", { ...properties, FunctionName: target, Principal: "*" });
  return [
    permission(`${fn.logicalId}UrlPublicPermissions`, {
      Action: "lambda:InvokeFunctionUrl",
      FunctionUrlAuthType: "NONE",
    }),
    permission(`${fn.logicalId}URLInvokeAllowPublicAccess`, {
      Action: "lambda:InvokeFunction",
      InvokedViaFunctionUrl: true,
    }),
  ];
};

const corsTypes: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ...["AllowOrigins", "AllowMethods", "AllowHeaders", "ExposeHeaders"].map(
    (name) => [name, Array.isArray] as const,
  ),
  ["AllowCredentials", (value) => typeof value === "boolean"],
  ["MaxAge", Number.isInteger],
]);

/** SAM takes no "true" for true and no "300" for 300, which CloudFormation would. */
function checkCors(cors: unknown, place: string, report: SamContext["report"]): void {
  if (!isMembers(cors) || isIntrinsic(cors)) return;
  for (const [name, value] of Object.entries(cors)) {
    const isRight = corsTypes.get(name)?.(value) ?? true;
    if (!isRight && !isIntrinsic(value))
      report(`${place}.Cors.${name}`, `${JSON.stringify(value)} is not of the type that SAM asks for`);
  }
}
