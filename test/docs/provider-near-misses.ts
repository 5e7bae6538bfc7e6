// Tokens that each recipe of docs/identity-providers.md must refuse: the sample with these claims in place of its own
// (objects are merged, `undefined` takes a claim away), and why it is refused.

export interface NearMiss {
  readonly name: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly denial: string;
}

type Row = readonly [name: string, claims: NearMiss["claims"], denial: string];

const granted = "role_not_granted";
const claim = "token_claim_invalid";
const audience = "token_audience_invalid";
const issuer = "token_issuer_unknown";

const pod = (members: object) => ({ "kubernetes.io": members });
const kubernetes: readonly Row[] = [
  ["another namespace", { sub: "system:serviceaccount:default:nightly" }, granted],
  ["another account of the namespace", { sub: "system:serviceaccount:reports:default" }, granted],
  ["a token for the API server", { aud: ["https://kubernetes.default.svc"] }, audience],
  ["a token for AWS", { aud: ["sts.amazonaws.com"] }, audience],
  ["a token of kubectl create token, bound to no pod", pod({ pod: undefined }), "claim_unrepresentable"],
  ["a token of an old Secret, without an end", { exp: undefined }, claim],
  ["a token of an old Secret, by its issuer", { iss: "kubernetes/serviceaccount" }, issuer],
];

const table: Readonly<Record<string, readonly Row[]>> = {
  Auth0: [
    ["another tenant of Auth0", { iss: "https://evil.eu.auth0.com/" }, issuer],
    ["the issuer without its slash", { iss: "https://acme.eu.auth0.com" }, issuer],
    ["an ID token, whose audience is the client", { aud: "K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja" }, audience],
    ["somebody who only signed up", { permissions: [], "https://example.com/groups": [] }, granted],
    ["a scope asked for, without the permission", { permissions: [] }, granted],
    [
      "a group under a name that is no URL",
      { "https://example.com/groups": undefined, groups: ["analysts"] },
      granted,
    ],
    ["a caller of no tenant", { "https://example.com/tenant": undefined }, "claim_unrepresentable"],
  ],
  "Amazon Cognito: ID tokens": [
    [
      "an access token",
      { token_use: "access", aud: undefined, client_id: "7cv3q2example4k8b1d6f5g0h2" },
      audience,
    ],
    ["an access token with our audience", { token_use: "access" }, claim],
    ["another app client", { aud: "another-client" }, audience],
    ["another pool", { iss: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other0000" }, issuer],
    ["somebody who only signed up", { "cognito:groups": undefined }, granted],
  ],
  "Amazon Cognito: Access tokens": [
    ["an ID token", { token_use: "id", aud: "7cv3q2example4k8b1d6f5g0h2", client_id: undefined }, claim],
    ["another app client", { client_id: "another-client" }, audience],
    ["a token for another resource, by our client", { aud: "https://other.example.com" }, audience],
    ["neither an audience nor our client", { aud: "", client_id: "" }, audience],
    ["a member of another group", { "cognito:groups": ["analysts-of-old"] }, granted],
  ],
  "Microsoft Entra ID": [
    [
      "a v1 token",
      { iss: "https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/", ver: "1.0" },
      issuer,
    ],
    [
      "a personal account",
      { iss: "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0" },
      issuer,
    ],
    ["another tenant's tid", { tid: "9188040d-6c67-4c5b-b112-36a304b66dad" }, claim],
    [
      "an app of the tenant without a permission",
      { roles: undefined, scp: undefined, idtyp: "app" },
      granted,
    ],
    ["a scope without the app role", { roles: undefined }, granted],
    ["another role", { roles: ["Reports.Read.Own"] }, granted],
    ["a token for Microsoft Graph", { aud: "00000003-0000-0000-c000-000000000000" }, audience],
  ],
  "Google: People who sign in": [
    ["a private account, whatever its address", { hd: undefined }, claim],
    ["another organisation", { hd: "example.org" }, claim],
    [
      "a service account that asked for our client",
      { hd: undefined, email: "x@evil.iam.gserviceaccount.com" },
      claim,
    ],
    ["an address that was not verified", { email_verified: false }, claim],
    ["a text where a boolean belongs", { email_verified: "true" }, claim],
    ["another person of the organisation", { sub: "110169484474386276335" }, granted],
    ["the client behind gcloud", { aud: "32555940559.apps.googleusercontent.com" }, audience],
    ["the issuer's second form", { iss: "accounts.google.com" }, issuer],
  ],
  "Google: Service accounts": [
    [
      "an account of another project",
      { sub: "109999999999999999999", azp: "109999999999999999999", email: "x@evil.iam.gserviceaccount.com" },
      granted,
    ],
    ["the address made again", { sub: "109999999999999999999" }, granted],
    ["a token for another service", { aud: "https://other.example.com" }, audience],
    ["a JWT signed with the account's own key", { iss: "nightly@acme-prod.iam.gserviceaccount.com" }, issuer],
  ],
  Keycloak: [
    ["an ID token", { typ: "ID" }, claim],
    ["a token for the account console alone", { aud: "account" }, audience],
    ["another realm", { iss: "https://login.example.com/realms/master" }, issuer],
    ["the issuer of old versions", { iss: "https://login.example.com/auth/realms/acme" }, issuer],
    ["a client without the scope basic", { sub: undefined }, claim],
    [
      "the role of another client",
      { resource_access: { "reports-api": undefined, other: { roles: ["reader"] } } },
      granted,
    ],
    ["somebody who only registered", { resource_access: undefined }, granted],
  ],
  Okta: [
    ["the org server", { iss: "https://acme.okta.com", aud: "https://acme.okta.com" }, issuer],
    [
      "another authorization server",
      { iss: "https://acme.okta.com/oauth2/default", aud: "api://default" },
      issuer,
    ],
    ["the default audience", { aud: "api://default" }, audience],
    ["a member of no group", { groups: [] }, granted],
    ["a client that did not ask for the scope", { scp: ["openid"] }, granted],
    [
      "a machine, which is in no group",
      { uid: undefined, groups: undefined, sub: "nmdP1fcyvdVO11AL7ECm" },
      granted,
    ],
    [
      "a machine with the group claim",
      { uid: undefined, sub: "nmdP1fcyvdVO11AL7ECm" },
      "claim_unrepresentable",
    ],
  ],
  "GitHub Actions": [
    ["another repository of the owner", { repository_id: "75", repository: "acme/other" }, granted],
    [
      "a repository of the same name, made anew",
      { repository_id: "9001", sub: "repo:acme/reports:ref:refs/heads/main" },
      granted,
    ],
    ["a fork", { repository_id: "900", repository: "mallory/reports", repository_owner_id: "666" }, claim],
    [
      "a pull request",
      {
        sub: "repo:acme@65/reports@74:pull_request",
        event_name: "pull_request",
        ref: "refs/pull/7/merge",
        head_ref: "patch-1",
        base_ref: "main",
        environment: undefined,
      },
      granted,
    ],
    [
      "a pull request that names the environment",
      { event_name: "pull_request", ref: "refs/pull/7/merge" },
      granted,
    ],
    ["pull_request_target, from outside at main", { event_name: "pull_request_target" }, granted],
    ["a comment, from outside at main", { event_name: "issue_comment" }, granted],
    ["another branch", { ref: "refs/heads/try" }, granted],
    ["a tag named main", { ref: "refs/tags/main", ref_type: "tag" }, granted],
    [
      "no environment",
      { environment: undefined, sub: "repo:acme@65/reports@74:ref:refs/heads/main" },
      granted,
    ],
    ["the default audience", { aud: "https://github.com/acme" }, audience],
    ["an enterprise's own issuer", { iss: "https://token.actions.githubusercontent.com/other" }, issuer],
  ],
  "GitLab CI": [
    ["another project of the group", { project_id: "21", project_path: "acme/other" }, granted],
    ["a project of another group", { namespace_id: "73", project_id: "900" }, claim],
    ["a fork", { namespace_id: "666", namespace_path: "mallory", project_id: "900" }, claim],
    [
      "a fork's merge request, run in the parent project, before 18.2.2",
      { pipeline_source: "merge_request_event", ref: "main", ref_protected: "false" },
      granted,
    ],
    [
      "a branch that nobody protects",
      { ref: "try", ref_path: "refs/heads/try", ref_protected: "false" },
      granted,
    ],
    ["another protected branch", { ref: "next", ref_path: "refs/heads/next" }, granted],
    ["a protected tag named main", { ref_type: "tag", ref_path: "refs/tags/main" }, granted],
    ["a boolean where GitLab has a text", { ref_protected: true }, granted],
    ["another instance", { iss: "https://gitlab.example.com" }, issuer],
    ["a token for another service", { aud: "https://vault.example.com" }, audience],
  ],
  "Fly.io": [
    ["another organisation", { iss: "https://oidc.fly.io/evil", org_id: "666" }, issuer],
    ["the slug taken by another organisation", { org_id: "666" }, claim],
    ["another app of the organisation", { app_id: "3671582", app_name: "shell" }, granted],
    ["an app of the same name, made anew", { app_id: "9999999" }, granted],
    ["/.fly/oidc_token, which is for STS", { aud: "sts.amazonaws.com" }, audience],
    ["no audience asked for", { aud: "https://fly.io/acme" }, audience],
  ],
  "Kubernetes: A cluster with a public issuer": [
    ...kubernetes,
    ["another cluster", { iss: "https://oidc.eks.eu-west-1.amazonaws.com/id/OTHER" }, issuer],
  ],
  "Kubernetes: A cluster whose issuer only it can reach": kubernetes,
  "AWS workloads": [
    ["another role of the account", { sub: "arn:aws:iam::210987654321:role/shell" }, granted],
    ["a user of the role's name", { sub: "arn:aws:iam::210987654321:user/data-processing" }, granted],
    [
      "the role's name in another account",
      { sub: "arn:aws:iam::666666666666:role/data-processing" },
      granted,
    ],
    [
      "another account's issuer",
      { iss: "https://ffffffff-5678-90ab-cdef-example11111.tokens.sts.global.api.aws" },
      issuer,
    ],
    ["another organisation", { "https://sts.amazonaws.com/": { org_id: "o-evil000000" } }, claim],
    [
      "the organisation in the caller's own words",
      { "https://sts.amazonaws.com/": { org_id: undefined, request_tags: { org_id: "o-abc1234567" } } },
      claim,
    ],
    [
      "a token for another service",
      { aud: ["https://other.example.com", "https://third.example.com"] },
      audience,
    ],
  ],
};

export const nearMisses = (recipe: string): readonly NearMiss[] =>
  (table[recipe] ?? []).map(([name, claims, denial]) => ({ name, claims, denial }));

export const recipesWithNearMisses = Object.keys(table);
