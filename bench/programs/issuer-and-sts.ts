// The OpenID provider and the STS that the gateway needs: a discovery document, a key set, and AssumeRole answered in
// AWS's XML without a check. The strict one is deploy/local's; here only the gateway's own work is to be seen.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { announce, setting } from "./announce.js";

const keySet = setting("JWKS");
let assumeRoleCalls = 0;

const server = createServer((request, response) => {
  const origin = `http://${request.headers.host ?? ""}`;
  if (request.method === "POST") assumeRole(request, response);
  else if (request.url === "/.well-known/openid-configuration")
    json(response, JSON.stringify({ issuer: origin, jwks_uri: `${origin}/jwks` }));
  else if (request.url === "/jwks") json(response, keySet);
  else if (request.url === "/assume-role-calls") json(response, JSON.stringify({ assumeRoleCalls }));
  else response.writeHead(404).end();
});

const json = (response: ServerResponse, text: string): void =>
  void response.writeHead(200, { "content-type": "application/json" }).end(text);

function assumeRole(request: IncomingMessage, response: ServerResponse): void {
  assumeRoleCalls += 1;
  let text = "";
  request.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
  request.on("end", () => {
    const form = new URLSearchParams(text);
    response.writeHead(200, { "content-type": "text/xml" }).end(roleSessionXml(form));
  });
}

/** The length of what STS sends today; it says that the length is not fixed. */
const sessionTokenLength = 900;

function roleSessionXml(form: URLSearchParams): string {
  const role = (form.get("RoleArn") ?? "").replace(
    /^arn:aws:iam::(\d+):role\//,
    "arn:aws:sts::$1:assumed-role/",
  );
  const name = form.get("RoleSessionName") ?? "";
  const number = String(assumeRoleCalls).padStart(8, "0");
  const expiration = new Date(Date.now() + Number(form.get("DurationSeconds") ?? 3600) * 1000).toISOString();
  return (
    '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>' +
    `<AssumedRoleUser><Arn>${role}/${name}</Arn><AssumedRoleId>AROABENCHBENCHBENCHBE:${name}</AssumedRoleId></AssumedRoleUser>` +
    `<Credentials><AccessKeyId>ASIABENCH${number}</AccessKeyId>` +
    `<SecretAccessKey>${number.repeat(5)}</SecretAccessKey>` +
    `<SessionToken>${number.padEnd(sessionTokenLength, "t")}</SessionToken>` +
    `<Expiration>${expiration}</Expiration></Credentials><PackedPolicySize>12</PackedPolicySize>` +
    `</AssumeRoleResult><ResponseMetadata><RequestId>${number}</RequestId></ResponseMetadata></AssumeRoleResponse>`
  );
}

// The pauses between two rounds should not cost anybody his connections.
server.keepAliveTimeout = 120_000;
announce(server);
