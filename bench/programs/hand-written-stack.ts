// Competitor: the same job by hand, as a careful team writes it: helmet, the token verified with a key in hand, the
// body read to be hashed, signed with one set of credentials for everybody, relayed over connections that are kept.
// It does not log, map claims or ask STS.
import { createPublicKey, type JsonWebKey } from "node:crypto";
import { Agent, createServer, type ClientRequest } from "node:http";
import aws4 from "aws4";
import express, { type NextFunction, type Request, type Response } from "express";
import helmet from "helmet";
import { createProxyMiddleware } from "http-proxy-middleware";
import jsonwebtoken from "jsonwebtoken";
import { announce, setting } from "./announce.js";

const upstream = new URL(setting("UPSTREAM_URL"));
const issuer = setting("ISSUER_URL");
const audience = setting("AUDIENCE");
const [jwk] = (JSON.parse(setting("JWKS")) as { keys: JsonWebKey[] }).keys;
const publicKey = createPublicKey({ key: jwk ?? {}, format: "jwk" });
const credentials = {
  accessKeyId: "ASIABENCH00000000",
  secretAccessKey: "0".repeat(40),
  sessionToken: "t".repeat(900),
};

function authenticate(request: Request, response: Response, next: NextFunction): void {
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
  try {
    jsonwebtoken.verify(token, publicKey, { algorithms: ["RS256"], issuer, audience });
    next();
  } catch {
    response.status(401).json({ message: "Unauthorized" });
  }
}

function signOutgoing(outgoing: ClientRequest, request: Request): void {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const { headers } = aws4.sign(
    {
      service: "lambda",
      region: "eu-west-1",
      method: request.method,
      host: upstream.host,
      path: request.originalUrl,
      headers: { "content-type": request.headers["content-type"] ?? "application/octet-stream" },
      body,
    },
    credentials,
  );
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) outgoing.setHeader(name, value);
  }
  // The request's own stream has been read; http-proxy ends the outgoing one.
  if (body.length > 0) outgoing.write(body);
}

const app = express();
app.use(helmet());
app.use(authenticate);
app.use(express.raw({ type: () => true, limit: 6_291_456 }));
app.use(
  createProxyMiddleware<Request, Response>({
    target: upstream.origin,
    changeOrigin: true,
    agent: new Agent({ keepAlive: true }),
    on: { proxyReq: signOutgoing },
  }),
);

announce(createServer(app));
