// Each action of IAM's that is served: what it takes, which resource its permission is about, and its answer.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html and its neighbours.
import type { ManagedPolicy, Outcome, Refused, Role, Template } from "../model.js";
import type { XmlChildren } from "../query-protocol/query-answer.js";
import type { IamResource } from "./authorize-iam.js";
import {
  type Account,
  attachedPolicy,
  describePolicy,
  describePolicyVersion,
  describeRole,
  encodeDocument,
  firstVersion,
  pathOf,
} from "./describe.js";
import type { IamInput, Takes } from "./iam-input.js";
import { readPage } from "./page.js";

export interface IamAction {
  readonly takes: Takes;
  readonly resource: (input: IamInput, template: Template) => IamResource;
  readonly answer: (input: IamInput, account: Account) => Outcome<XmlChildren>;
}

const noSuchEntity = (message: string): Refused => ({
  ok: false,
  error: { status: 404, type: "NoSuchEntity", message },
});

const found = (children: XmlChildren): Outcome<XmlChildren> => ({ ok: true, value: children });

/** In the case it was made with: whether IAM takes another is UNCONFIRMED. */
const findRole = ({ text }: IamInput, { roles }: Template): Role | undefined =>
  roles.find(({ name }) => name === text.RoleName);

/** A role that is not there has no path, and somebody who may read nothing is not told which there are. */
const roleResource = (input: IamInput, template: Template): IamResource => ({
  arn: findRole(input, template)?.arn ?? `arn:aws:iam::${template.accountId}:role/${input.text.RoleName}`,
  shown: `role ${input.text.RoleName}`,
});

const policyResource = ({ text }: IamInput): IamResource => ({
  arn: text.PolicyArn,
  shown: `policy ${text.PolicyArn}`,
});

const ofRole = (
  more: Pick<Takes, "optional"> & { readonly required?: Takes["required"] },
  answer: (role: Role, input: IamInput, account: Account) => Outcome<XmlChildren>,
): IamAction => ({
  takes: { ...more, required: ["RoleName", ...(more.required ?? [])] },
  resource: roleResource,
  answer: (input, account) => {
    const role = findRole(input, account.template);
    if (role) return answer(role, input, account);
    return noSuchEntity(`The role with name ${input.text.RoleName} cannot be found.`);
  },
});

const ofPolicy = (
  required: Takes["required"],
  answer: (
    policy: ManagedPolicy & { readonly text: string },
    input: IamInput,
    account: Account,
  ) => Outcome<XmlChildren>,
): IamAction => ({
  takes: { required: ["PolicyArn", ...required] },
  resource: policyResource,
  answer: (input, account) => {
    const { PolicyArn: arn } = input.text;
    const policy = account.template.managedPolicies.find((each) => each.arn === arn);
    if (policy?.text !== undefined) return answer({ ...policy, text: policy.text }, input, account);
    return arn.startsWith("arn:aws:iam::aws:")
      ? unknownText(arn)
      : noSuchEntity(`Policy ${arn} was not found.`);
  },
});

/** What they allow is known here, but neither their words nor how many versions they have had. */
const unknownText = (arn: string): Refused => ({
  ok: false,
  error: {
    status: 400,
    type: "InvalidInput",
    message: `The local twin does not have the text of AWS's own policies, so not of ${arn}`,
  },
});

export const iamActions: Readonly<Record<string, IamAction>> = {
  GetRole: ofRole({}, (role, _input, account) => found([["Role", describeRole(role, account)]])),
  ListRolePolicies: ofRole({ optional: ["Marker"] }, ({ policies }, input) => {
    const names = policies.filter(({ isManaged }) => isManaged !== true).map(({ name }) => name);
    return readPage(input, "PolicyNames", names);
  }),
  GetRolePolicy: ofRole({ required: ["PolicyName"] }, ({ name, policies }, { text }) => {
    const policy = policies.find((each) => each.isManaged !== true && each.name === text.PolicyName);
    if (policy === undefined)
      return noSuchEntity(`The role policy with name ${text.PolicyName} cannot be found.`);
    return found([
      ["RoleName", name],
      ["PolicyName", policy.name],
      ["PolicyDocument", encodeDocument(policy.text)],
    ]);
  }),
  ListAttachedRolePolicies: ofRole({ optional: ["Marker", "PathPrefix"] }, ({ policies }, input) => {
    const arns = policies.filter(({ isManaged }) => isManaged === true).map(({ name }) => name);
    const within = arns.filter((arn) => pathOf(arn).startsWith(input.text.PathPrefix));
    return readPage(input, "AttachedPolicies", within.map(attachedPolicy));
  }),
  GetPolicy: ofPolicy([], (policy, _input, account) => found([["Policy", describePolicy(policy, account)]])),
  GetPolicyVersion: ofPolicy(["VersionId"], (policy, { text }, account) =>
    text.VersionId === firstVersion
      ? found([["PolicyVersion", describePolicyVersion(policy.text, account)]])
      : noSuchEntity(`Policy ${policy.arn} version ${text.VersionId} does not exist or is not attachable.`),
  ),
};
