// What a row of the corpus is: a good request, the one fault in it, and what AWS says to it.
import type { Ask } from "./corpus-twin.js";
import type { Wire } from "./raw-exchange.js";

export interface Row {
  readonly title: string;
  /** Why AWS refuses it, with the source. */
  readonly why: string;
  /** Stands in the good request and in the faulty one. */
  readonly good: Ask;
  readonly fault: Ask;
  /** Status and error type. */
  readonly refused: string;
}

export const accessDenied = "403 AccessDeniedException";
export const incomplete = "403 IncompleteSignatureException";
export const invalid = "403 InvalidSignatureException";
export const unrecognized = "403 UnrecognizedClientException";

/** Pages that reasons name. */
export const source = {
  signing: "IAM User Guide, Create a signed request",
  elements: "IAM User Guide, Elements of a request signature",
  troubleshooting: "IAM User Guide, Troubleshoot Signature Version 4 signed requests",
  urlAuth: "Lambda Developer Guide, Control access to function URLs",
  urlCalls: "Lambda Developer Guide, Invoking function URLs",
  originAccess: "CloudFront Developer Guide, Restrict access to a Lambda function URL origin",
  evaluation: "IAM User Guide, Policy evaluation logic",
  conditions: "IAM User Guide, Condition operators",
  session: "IAM User Guide, Session policies",
  assumeRole: "STS API Reference, AssumeRole",
  tags: "IAM User Guide, Pass session tags",
  externalId: "IAM User Guide, Access to accounts owned by third parties",
  invoke: "Lambda API Reference, Invoke",
  apiPolicies: "API Gateway Developer Guide, Control access to an API with IAM permissions",
  gatewayResponses: "API Gateway Developer Guide, Gateway response types",
  apiNotes: "API Gateway Developer Guide, Important notes",
} as const;

/** Replaces a header of the signed request; `undefined` takes it away. */
export const editHeader =
  (name: string, change: (value: string) => string | undefined) =>
  (wire: Wire): Wire => {
    const rawHeaders = wire.rawHeaders.flatMap((field, at, all) => {
      if (at % 2 === 1) return [];
      const value = all[at + 1] ?? "";
      const changed = field.toLowerCase() === name ? change(value) : value;
      return changed === undefined ? [] : [field, changed];
    });
    return { ...wire, rawHeaders };
  };

export const addHeader =
  (name: string, value: string) =>
  (wire: Wire): Wire => ({ ...wire, rawHeaders: [...wire.rawHeaders, name, value] });

export const editAuthorization = (pattern: string | RegExp, by: string): Ask => ({
  edit: editHeader("authorization", (value) => value.replace(pattern, by)),
});
