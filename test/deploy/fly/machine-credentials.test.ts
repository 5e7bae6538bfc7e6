// The gateway's credentials on a Machine of Fly's: no key, but the three variables that Fly's init sets where it sees
// AWS_ROLE_ARN, and a file with a token. Fly's provider is the local one here; all else is the AWS SDK as it is.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startOpenIdProvider, type OpenIdProvider } from "../../../deploy/local/issuer/openid-provider.js";
import { createRoleSessions, type OpenRoleSessions } from "../../../server/adapters/role-sessions.js";
import { accepted, refused } from "../../fixtures/outcome.js";
import { sessionSpecWith } from "../../fixtures/session.js";
import { policy, roleArn } from "../local/iam/sample-caller.js";
import { analystRole, startLocalSts, type LocalSts } from "../local/sts/local-sts.js";
import { federatedRole, federatedTrust, oidcProvider } from "../local/sts/web-identity-tokens.js";

const environment = { ...process.env };
const folder = mkdtempSync(join(tmpdir(), "machine-"));
const tokenFile = join(folder, "oidc_token");
const sessionPolicy = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "lambda:InvokeFunctionUrl", Resource: "*" }],
};
const spec = sessionSpecWith({
  roleArn: roleArn("analyst"),
  policy: JSON.stringify(sessionPolicy),
});
let issuer: OpenIdProvider;
let sts: LocalSts;
let roleSessions: OpenRoleSessions;

beforeAll(async () => {
  issuer = await startOpenIdProvider({ port: 0 });
  const provider = oidcProvider(issuer.issuer);
  const lending = policy("identity", {
    Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    Resource: roleArn("analyst"),
  });
  const gateway = federatedRole(federatedTrust(provider), {
    policies: [{ name: "lend", document: lending }],
  });
  const analyst = analystRole({
    Principal: { AWS: gateway.arn },
    Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
  });
  sts = await startLocalSts({
    roles: [gateway, analyst],
    template: { oidcProviders: [provider] },
    clock: Date.now,
  });
  for (const name of Object.keys(process.env).filter((key) => /^AWS_(?!SDK_JS)/.test(key)))
    Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, {
    AWS_ROLE_ARN: gateway.arn,
    AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
    AWS_ROLE_SESSION_NAME: "muddy-leaf-1234",
    // Only here: on Fly it is AWS's own.
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_EC2_METADATA_DISABLED: "true",
  });
  roleSessions = createRoleSessions({ region: "eu-west-1", endpoint: sts.url, clock: Date.now });
}, 30_000);
afterAll(async () => {
  process.env = environment;
  roleSessions.close();
  sts.close();
  await issuer.close();
  rmSync(folder, { recursive: true });
});

test("before Fly's init has written the token it is an outage, which says that it is the gateway's own", async () => {
  const { reason, ...denial } = refused(await roleSessions.assume(spec));
  expect(reason).toBe("sts_unavailable");
  expect(denial).toMatchObject({ cause: expect.stringContaining(tokenFile) as string });
});

test("with the token it lends a role, in the Machine's name, without a restart", async () => {
  writeFileSync(tokenFile, await issuer.mint("alice", {}, { typ: "JWT" }));
  const { assumedRoleArn } = accepted(await roleSessions.assume(spec));
  expect(assumedRoleArn).toBe("arn:aws:sts::123456789012:assumed-role/analyst/main.alice");
  expect((await roleSessions.ownCredentials()).sessionToken).toBeDefined();
});
