// The places of deploy/aws/functions.yaml and deploy/local/gateway.yaml that tests break.
import type { Edit } from "./twin.js";

/** A statement of the invoke role's trust policy. */
export const trustOf = (action: string): RegExp =>
  new RegExp(`          - Effect: Allow\n +Principal:\n.*\n +Action: ${action}\n(?: {12}.*\n)+`);

const lineOf = (name: string): string => `                  - !Sub "\${${name}.Arn}:live"\n`;

/** The invoke role names functions in three lists: for the URL, for Invoke by way of it, and for Invoke alone. */
export const inLists =
  (name: string, lists: readonly number[], to: string): Edit =>
  (template) => {
    const [head = "", ...rest] = template.split(lineOf(name));
    return head + rest.map((part, at) => (lists.includes(at) ? to : lineOf(name)) + part).join("");
  };

/** Of LongFunction's properties. */
export const inLong = (from: string, to: string): Edit => [
  new RegExp(`(?<=  LongFunction:\n(?: {4}.*\n|\n)* *)${from}`),
  to,
];

/** In place of the module. */
export const lambdaAuthorizer: Edit = [
  "    module: authorizers/partner.mjs\n",
  "    lambda: arn:aws:lambda:eu-west-1:123456789012:function:grantway-hello:live\n    endpoint: ${env.AWS_ENDPOINT}\n",
];
