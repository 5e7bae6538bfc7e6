// Configurations for the tests: the smallest that loads, and the whole example of the design.
import { loadConfiguration } from "../../server/config/load.js";
import type { Settings } from "../../server/config/compile.js";
import type { Environment } from "../../server/config/source.js";

export const functionUrl = "https://abc.lambda-url.eu-west-1.on.aws/";
export const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:reports";
export const target = { functionUrl, functionArn };
export const issuer = {
  name: "main",
  issuer: "https://login.example.com/",
  audience: ["https://api.example.com"],
};
export const role = { name: "reader", when: "true", roleArn: "arn:aws:iam::123456789012:role/reader" };
export const route = { route: "GET /reports", target };

export const minimal = {
  issuers: [issuer],
  roles: [role],
  routes: [route],
  sts: { region: "eu-west-1" },
};

export function load(document: unknown, env: Environment = {}) {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return loadConfiguration({ file: "test.yaml", env, readFile: () => text });
}

export function settingsOf(document: unknown, env: Environment = {}): Settings {
  const loaded = load(document, env);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.denial, null, 2));
  return loaded.value;
}

/** `count` keys with an expression each. */
export const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "claims.x"]));

export const without = (document: object, key: string) =>
  Object.fromEntries(Object.entries(document).filter(([name]) => name !== key));

/** Path -> message. */
export function faultsIn(document: unknown, env: Environment = {}): Record<string, string> {
  const loaded = load(document, env);
  return loaded.ok ? {} : Object.fromEntries(loaded.denial.map(({ path, message }) => [path, message]));
}

export const example = `
issuers:
  - name: main                                   # short alias
    issuer: https://login.example.com/
    audience: [https://api.example.com]
    algorithms: [RS256, ES256]
    jwksUri: https://login.example.com/keys
    accept: claims.token_use == "access"
    clockToleranceSeconds: 30
roles:
  - name: analyst
    when: '"analysts" in claims.groups'
    roleArn: arn:aws:iam::123456789012:role/reports-invoker
    sessionName: claims.sub
    sourceIdentity: claims.email
    tags: { tenant: claims.tenant }
    transitiveTags: [tenant]
    duration: 1h
    policy:
      - { Effect: Allow, Action: s3:GetObject, Resource: "arn:aws:s3:::reports/\${claims.tenant}/*" }
routes:
  - route: ANY /reports/{proxy+}
    name: reports
    roles: [analyst]
    scopes: [reports:read]
    target: { functionUrl: "https://abc.lambda-url.eu-west-1.on.aws/",
              functionArn: "arn:aws:lambda:eu-west-1:123456789012:function:reports:live" }
    doors: [proxy, grant]
    timeout: 15m
    headers: { x-caller-sub: claims.sub }
  - route: ANY /legacy/{proxy+}
    target: { executeApi: "https://abc123.execute-api.eu-west-1.amazonaws.com/prod" }
  - route: POST /jobs
    target: { invoke: "arn:aws:lambda:eu-west-1:123456789012:function:jobs", mode: Event }
sts: { region: eu-west-1 }
cors: { origins: ["https://app.example.com"], credentials: true, maxAge: 10m }
listen: { host: 0.0.0.0, port: 8080, adminPort: 8081, trustProxy: 1, drain: 15m30s }
limits: { bodyBytes: 6291456, bufferedBytes: 268435456, tokenBytes: 16384 }
`;
