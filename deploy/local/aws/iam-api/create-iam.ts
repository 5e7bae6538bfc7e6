// The twin's IAM: what may be read of the template's roles and managed policies. Signature, action, parameters,
// permission, and only then whether there is such a thing. https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html
// Nothing is changed here, and users, groups and simulations are not served.
import type { Clock } from "../../../../server/ports.js";
import type { Report } from "../iam/explain.js";
import type { AwsError, Caller, Outcome, SignedRequest, Template } from "../model.js";
import { queryAnswers, type QueryAnswer, type XmlChildren } from "../query-protocol/query-answer.js";
import { readQueryRequest, type Parameters } from "../query-protocol/query-request.js";
import type { Verify } from "../sigv4/verify-request.js";
import { authorizeIam } from "./authorize-iam.js";
import { iamActions } from "./iam-actions.js";
import { readIamInput } from "./iam-input.js";

export interface IamSettings {
  readonly template: Template;
  /** Takes signatures of IAM's one region, us-east-1, whatever the template's is. */
  readonly verify: Verify;
  readonly clock: Clock;
  readonly report: Report;
}

export interface Iam {
  handle(request: SignedRequest, sourceIp: string): Promise<QueryAnswer>;
}

const version = "2010-05-08";
const { result, failure, signatureFailure } = queryAnswers("https://iam.amazonaws.com/doc/2010-05-08/");

/** One address serves STS too: as whose request it was signed tells them apart. */
export const isForIam = (rawHeaders: readonly string[]): boolean =>
  rawHeaders.some(
    (name, at) =>
      at % 2 === 0 &&
      name.toLowerCase() === "authorization" &&
      /\bCredential=[^,\s]*\/iam\/[^/,\s]*(?:,|\s|$)/.test(rawHeaders[at + 1] ?? ""),
  );

export function createIam(settings: IamSettings): Iam {
  const createdAt = new Date(settings.clock()).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    async handle(request, sourceIp) {
      const parameters = readQueryRequest(request);
      if (!parameters.ok) return failure(parameters.error);
      const caller = await settings.verify(request, "iam");
      if (!caller.ok) return signatureFailure(caller.error);
      const asked = { parameters: parameters.value, caller: caller.value, sourceIp, createdAt };
      const answered = perform(asked, settings);
      return answered.ok
        ? result(parameters.value.get("Action") ?? "", answered.value)
        : failure(answered.error);
    },
  };
}

interface Asked {
  readonly parameters: Parameters;
  readonly caller: Caller;
  readonly sourceIp: string;
  readonly createdAt: string;
}

function perform(
  { parameters, caller, sourceIp, createdAt }: Asked,
  { template, clock, report }: IamSettings,
): Outcome<XmlChildren> {
  const name = parameters.get("Action") ?? "";
  const action = Object.hasOwn(iamActions, name) ? iamActions[name] : undefined;
  if (action === undefined || parameters.get("Version") !== version)
    return { ok: false, error: unknownAction(parameters) };
  const input = readIamInput(parameters, action.takes);
  if (!input.ok) return input;
  const resource = action.resource(input.value, template);
  const permission = authorizeIam(caller, { action: `iam:${name}`, resource, sourceIp }, clock, report);
  return permission.ok ? action.answer(input.value, { template, createdAt }) : permission;
}

function unknownAction(parameters: Parameters): AwsError {
  const action = parameters.get("Action") ?? "";
  const asked = `Could not find operation ${action} for version ${parameters.get("Version") ?? "NO_VERSION_SPECIFIED"}`;
  const served = Object.keys(iamActions).join(", ");
  const message = `${asked}: the local twin's IAM serves ${served}, of version ${version}`;
  return { status: 400, type: "InvalidAction", message };
}
