// The parameters of AssumeRoleWithWebIdentity. Tags and a source identity come in the token.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
// ProviderId belongs to OAuth 2.0 tokens of Facebook and Amazon, which the twin does not take: refused by name.
import type { ManagedPolicy, Outcome } from "../model.js";
import type { Parameters } from "../query-protocol/query-request.js";
import { readSessionRequest, type SessionRequest } from "./session-request.js";

export interface WebIdentityInput extends SessionRequest {
  readonly webIdentityToken: string;
}

export const readWebIdentityInput = (
  parameters: Parameters,
  managedPolicies: readonly ManagedPolicy[],
): Outcome<WebIdentityInput> =>
  readSessionRequest(parameters, managedPolicies, ({ required }) => ({
    webIdentityToken: required("WebIdentityToken"),
  }));
