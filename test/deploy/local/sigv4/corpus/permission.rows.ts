// A function URL and a session that may not call it. Every line is tried twice: as the policy of a role, and as the
// session policy of a session whose role may do it all.
import type { StatementJson } from "../../iam/sample-caller.js";
import { liveArn } from "./corpus-names.js";
import { accessDenied, type Row, source } from "./row.js";

type Statement = StatementJson & { readonly Effect: "Allow" | "Deny" };
type Tags = Readonly<Record<string, string>>;

interface Line {
  readonly title: string;
  readonly why: string;
  readonly faulty: readonly Statement[];
  readonly mended: readonly Statement[];
  readonly faultyTags?: Tags;
  readonly mendedTags?: Tags;
}

const viaUrl = { Bool: { "lambda:InvokedViaFunctionUrl": "true" } };
const iamOnly = { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } };
const allow = (Action: string, Condition: object, Resource = liveArn): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  Condition,
});
const urlAction = "lambda:InvokeFunctionUrl";
const invokeAction = "lambda:InvokeFunction";
const both = (Resource: string): Statement[] => [
  allow(urlAction, iamOnly, Resource),
  allow(invokeAction, viaUrl, Resource),
];
export const full = both(liveArn);
const deny = (elements: object): Statement => ({
  Effect: "Deny",
  Action: "lambda:*",
  Resource: "*",
  ...elements,
});
const [urlStatement, invokeStatement] = [full.slice(0, 1), full.slice(1)];

/** Both permissions under one more condition. */
const when = (condition: Readonly<Record<string, object>>): Statement[] => [
  allow(urlAction, condition),
  allow(invokeAction, condition),
];

const line = (title: string, why: string, faulty: readonly Statement[], mended = full): Line => ({
  title,
  why,
  faulty,
  mended,
});
const tenant = when({ StringEquals: { "aws:PrincipalTag/tenant": "acme" } });

export const permissionLines: readonly Line[] = [
  line("without lambda:InvokeFunctionUrl", source.urlAuth, invokeStatement),
  line("without lambda:InvokeFunction", `both since October 2025: ${source.urlAuth}`, urlStatement),
  line("with lambda:FunctionUrlAuthType NONE", source.urlAuth, [
    allow(urlAction, { StringEquals: { "lambda:FunctionUrlAuthType": "NONE" } }),
    ...invokeStatement,
  ]),
  line("with InvokeFunction for direct calls only", source.urlAuth, [
    ...urlStatement,
    allow(invokeAction, { Bool: { "lambda:InvokedViaFunctionUrl": "false" } }),
  ]),
  line("on the function and not on its alias", source.urlAuth, both(liveArn.replace(/:live$/, ""))),
  line("on another alias", source.urlAuth, both(liveArn.replace("live", "test"))),
  line("on another function", source.evaluation, both(liveArn.replace("reports", "report"))),
  line("on a function in capitals", "names are case-sensitive", both(liveArn.replace("reports", "Reports"))),
  line("in another region", source.evaluation, both(liveArn.replace("eu-west-1", "eu-west-2"))),
  line("in another account", source.evaluation, both(liveArn.replace("123456789012", "210987654321"))),
  line("with an explicit deny", `deny wins: ${source.evaluation}`, [...full, deny({})]),
  line("with a deny of one action", source.evaluation, [...full, deny({ Action: invokeAction })]),
  line("with a deny by NotAction", source.evaluation, [
    ...full,
    deny({ Action: undefined, NotAction: "s3:*" }),
  ]),
  line("with a deny by NotResource", source.evaluation, [
    ...full,
    deny({ Resource: undefined, NotResource: "arn:aws:s3:::*" }),
  ]),
  line("with a deny whose condition holds", source.conditions, [
    ...full,
    deny({ Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } } }),
  ]),
  line(
    "from an address outside the range",
    source.conditions,
    when({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }),
    when({ IpAddress: { "aws:SourceIp": "127.0.0.0/8" } }),
  ),
  line(
    "after the last day",
    source.conditions,
    when({ DateLessThan: { "aws:CurrentTime": "2026-11-22T12:00:00Z" } }),
    when({ DateLessThan: { "aws:CurrentTime": "2026-11-22T12:00:01Z" } }),
  ),
  line(
    "for another region's requests",
    source.conditions,
    when({ StringEquals: { "aws:RequestedRegion": "us-east-1" } }),
    when({ StringEquals: { "aws:RequestedRegion": "eu-west-1" } }),
  ),
  line(
    "with a wildcard under StringEquals",
    `the text itself: ${source.conditions}`,
    [allow(urlAction, { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_*" } }), ...invokeStatement],
    [allow(urlAction, { StringLike: { "lambda:FunctionUrlAuthType": "AWS_*" } }), ...invokeStatement],
  ),
  {
    ...line("of another tenant", source.tags, tenant, tenant),
    faultyTags: { tenant: "globex" },
    mendedTags: { tenant: "acme" },
  },
  { ...line("without a tenant", source.tags, tenant, tenant), mendedTags: { tenant: "acme" } },
  line("with nothing but another service", source.evaluation, [allow("sts:GetCallerIdentity", {}, "*")]),
];

const version = "2012-10-17";
const roleNames = permissionLines.map((_line, at) => ({ faulty: `faulty-${at}`, mended: `mended-${at}` }));

/** Name and statements of each role that the rows need. */
export const permissionRoles = permissionLines.flatMap(({ faulty, mended }, at) => [
  { name: roleNames[at]?.faulty ?? "", statements: faulty },
  { name: roleNames[at]?.mended ?? "", statements: mended },
]);

const withTags = (tags: Tags | undefined): { tags?: Tags } => (tags === undefined ? {} : { tags });

export const permissionRows: readonly Row[] = permissionLines.flatMap((each, at) => {
  const { title, why, faulty, mended, faultyTags, mendedTags } = each;
  const { faulty: faultyRole = "", mended: mendedRole = "" } = roleNames[at] ?? {};
  const policyOf = (Statement: readonly Statement[]): object => ({ Version: version, Statement });
  return [
    {
      title: `a role ${title}`,
      why,
      good: { session: { role: mendedRole, ...withTags(mendedTags) } },
      fault: { session: { role: faultyRole, ...withTags(faultyTags) } },
      refused: accessDenied,
    },
    {
      title: `a session policy ${title}`,
      why: `${source.session}; ${why}`,
      good: { session: { role: "caller", policy: policyOf(mended), ...withTags(mendedTags) } },
      fault: { session: { role: "caller", policy: policyOf(faulty), ...withTags(faultyTags) } },
      refused: accessDenied,
    },
  ];
});
