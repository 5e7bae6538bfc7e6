// AssumeRoleWithWebIdentity by the AWS SDK as it is, with tokens of the real local OpenID provider.
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  ExpiredTokenException,
  GetCallerIdentityCommand,
  IDPCommunicationErrorException,
  IDPRejectedClaimException,
  InvalidIdentityTokenException,
  MalformedPolicyDocumentException,
  STSClient,
  type AssumeRoleWithWebIdentityCommandInput,
  type AssumeRoleWithWebIdentityCommandOutput,
  type Credentials,
  type STSServiceException,
} from "@aws-sdk/client-sts";
import { startOpenIdProvider, type OpenIdProvider } from "../../../../deploy/local/issuer/openid-provider.js";
import type { OidcProvider } from "../../../../deploy/local/aws/model.js";
import { policy, roleArn, textMatching } from "../iam/sample-caller.js";
import { analystRole, startLocalSts, type LocalSts } from "./local-sts.js";
import { clientId, federatedRole, federatedTrust, oidcProvider } from "./web-identity-tokens.js";

let issuer: OpenIdProvider;
let provider: OidcProvider;
let local: LocalSts;
const deadProvider = oidcProvider("http://127.0.0.1:1");

beforeAll(async () => {
  issuer = await startOpenIdProvider({ port: 0 });
  provider = oidcProvider(issuer.issuer, clientId);
  const trust = federatedTrust(provider, {
    Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"],
  });
  const federated = federatedRole(trust, {
    policies: [{ name: "p", document: policy("identity", { Action: "sts:*", Resource: "*" }) }],
  });
  const analyst = analystRole({
    Principal: { AWS: federated.arn },
    Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
  });
  local = await startLocalSts({
    roles: [federated, { ...analyst, maxSessionDurationSeconds: 43_200 }],
    template: { oidcProviders: [provider, deadProvider] },
    clock: Date.now,
  });
  // Loading the provider takes a busy machine long.
}, 30_000);
afterAll(async () => {
  local.close();
  await issuer.close();
});

const idToken = (claims: Readonly<Record<string, unknown>> = {}): Promise<string> =>
  issuer.mint("alice", claims, { typ: "JWT" });

/** A client with no credentials at all: STS asks for none. */
const anyone = (): STSClient =>
  new STSClient({
    endpoint: local.url,
    region: "eu-west-1",
    maxAttempts: 1,
    credentials: () => Promise.reject(new Error("nobody needs credentials for this")),
  });

async function assume(
  changes: Partial<AssumeRoleWithWebIdentityCommandInput> = {},
): Promise<AssumeRoleWithWebIdentityCommandOutput> {
  return anyone().send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleArn("federated"),
      RoleSessionName: "app",
      WebIdentityToken: changes.WebIdentityToken ?? (await idToken()),
      ...changes,
    }),
  );
}

const failureOf = (call: Promise<unknown>): Promise<STSServiceException> =>
  call.then(
    () => Promise.reject(new Error("was answered")),
    (error: unknown) => error as STSServiceException,
  );

const clientWith = (credentials: Credentials | undefined): STSClient =>
  new STSClient({
    endpoint: local.url,
    region: "eu-west-1",
    maxAttempts: 1,
    credentials: {
      accessKeyId: credentials?.AccessKeyId ?? "",
      secretAccessKey: credentials?.SecretAccessKey ?? "",
      sessionToken: credentials?.SessionToken ?? "",
    },
  });

test("gives a session of twelve hours that says whose it is", async () => {
  const answer = await assume({ DurationSeconds: 43_200, MinimumSessionTokenSize: 1000 });
  expect(answer).toMatchObject({
    SubjectFromWebIdentityToken: "alice",
    Audience: clientId,
    Provider: provider.arn,
    AssumedRoleUser: {
      Arn: "arn:aws:sts::123456789012:assumed-role/federated/app",
      AssumedRoleId: textMatching(/^AROA.*:app$/),
    },
    SessionTokenSize: 1000,
  });
  const lifetimeMs = (answer.Credentials?.Expiration?.getTime() ?? 0) - Date.now();
  expect(lifetimeMs).toBeGreaterThan(43_100_000);
  expect(lifetimeMs).toBeLessThanOrEqual(43_200_000);
  const who = await clientWith(answer.Credentials).send(new GetCallerIdentityCommand({}));
  expect(who.Arn).toBe("arn:aws:sts::123456789012:assumed-role/federated/app");
});

test("tags and source identity of the token stay with the session, and with the sessions it makes", async () => {
  const answer = await assume({
    WebIdentityToken: await idToken({
      "https://aws.amazon.com/tags": {
        principal_tags: { tenant: ["acme"], team: ["red"] },
        transitive_tag_keys: ["tenant"],
      },
      "https://aws.amazon.com/source_identity": "alice",
    }),
  });
  expect(answer).toMatchObject({ SourceIdentity: "alice", PackedPolicySize: 2 });
  const chained = await clientWith(answer.Credentials).send(
    new AssumeRoleCommand({ RoleArn: roleArn("analyst"), RoleSessionName: "next" }),
  );
  expect(chained.SourceIdentity).toBe("alice");
  expect(local.sessions.find(chained.Credentials?.AccessKeyId ?? "")?.tags).toEqual({ tenant: "acme" });
});

test("a session that it made lends for an hour at most", async () => {
  const { Credentials } = await assume();
  const chain = (DurationSeconds: number): Promise<unknown> =>
    clientWith(Credentials).send(
      new AssumeRoleCommand({ RoleArn: roleArn("analyst"), RoleSessionName: "next", DurationSeconds }),
    );
  await chain(3600);
  expect((await failureOf(chain(3601))).message).toContain("1 hour session limit");
});

type ErrorClass = abstract new (...options: never[]) => STSServiceException;

test.each<[string, () => Promise<Partial<AssumeRoleWithWebIdentityCommandInput>>, ErrorClass, number]>([
  [
    "an expired token",
    async () => ({ WebIdentityToken: await idToken({ exp: Math.floor(Date.now() / 1000) - 301 }) }),
    ExpiredTokenException,
    400,
  ],
  [
    "a token for another audience",
    async () => ({ WebIdentityToken: await idToken({ aud: "other" }) }),
    InvalidIdentityTokenException,
    400,
  ],
  [
    "an access token",
    async () => ({ WebIdentityToken: await issuer.mint("alice") }),
    InvalidIdentityTokenException,
    400,
  ],
  [
    "a token of a provider that is down",
    async () => ({ WebIdentityToken: await idToken({ iss: deadProvider.url }) }),
    IDPCommunicationErrorException,
    400,
  ],
  [
    "a token with a tag of two values",
    async () => ({
      WebIdentityToken: await idToken({
        "https://aws.amazon.com/tags": { principal_tags: { a: ["b", "c"] } },
      }),
    }),
    IDPRejectedClaimException,
    403,
  ],
  ["a policy that is none", () => Promise.resolve({ Policy: "{}" }), MalformedPolicyDocumentException, 400],
])("%s is the SDK's own exception", async (_title, changes, expected, status) => {
  const failure = await failureOf(assume(await changes()));
  expect(failure).toBeInstanceOf(expected);
  expect(failure.$metadata).toMatchObject({
    httpStatusCode: status,
    requestId: textMatching(/^[0-9a-f-]{36}$/),
  });
});

test.each<[string, Partial<AssumeRoleWithWebIdentityCommandInput>, string, string]>([
  [
    "a role that trusts nobody of the provider",
    { RoleArn: roleArn("analyst") },
    "AccessDenied",
    "Not authorized",
  ],
  ["a token of 3", { WebIdentityToken: "abc" }, "ValidationError", "at 'webIdentityToken'"],
  ["a token of 20,001", { WebIdentityToken: "a".repeat(20_001) }, "ValidationError", "at 'webIdentityToken'"],
  ["a token of 4", { WebIdentityToken: "abcd" }, "InvalidIdentityTokenException", "not a valid JWT"],
  [
    "a token of 20,000",
    { WebIdentityToken: "a".repeat(20_000) },
    "InvalidIdentityTokenException",
    "not a valid",
  ],
  ["ProviderId", { ProviderId: "graph.facebook.com" }, "ValidationError", "ProviderId is not supported"],
  ["a duration over twelve hours", { DurationSeconds: 43_201 }, "ValidationError", "at 'durationSeconds'"],
  [
    "a managed policy that is not there",
    { PolicyArns: [{ arn: "arn:aws:iam::123456789012:policy/x" }] },
    "ValidationError",
    "arn:aws:iam::123456789012:policy/x is not a managed policy of the template",
  ],
])("%s", async (_title, changes, name, message) => {
  const failure = await failureOf(assume(changes));
  expect(failure.name).toBe(name);
  expect(failure.message).toContain(message);
});

test("an outage of STS's own concerns strangers too", async () => {
  const own = await startLocalSts({ fault: () => "deny" });
  const call = new STSClient({ endpoint: own.url, region: "eu-west-1", maxAttempts: 1 }).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleArn("federated"),
      RoleSessionName: "app",
      WebIdentityToken: "abcd",
    }),
  );
  expect((await failureOf(call)).message).toBe("Not authorized to perform sts:AssumeRoleWithWebIdentity");
  own.close();
});
