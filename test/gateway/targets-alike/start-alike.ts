// The app of this folder on free ports: the OpenID provider, the local AWS with the template, and the gateway.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startAws, type Aws } from "../../../deploy/local/aws/aws.js";
import { startOpenIdProvider } from "../../../deploy/local/issuer/openid-provider.js";
import { loadConfiguration } from "../../../server/config/load.js";
import { startGateway } from "../../../server/main.js";
import { createLogLines } from "../../fixtures/log-lines.js";
import { accepted } from "../../fixtures/outcome.js";

export interface Alike {
  readonly aws: Aws;
  /** As alice; redirects are not followed. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  readonly logLines: () => readonly Record<string, unknown>[];
  close(): Promise<void>;
}

export async function startAlike(): Promise<Alike> {
  const issuer = await startOpenIdProvider({ port: 0 });
  const aws = await startAws({
    templateFile: join(__dirname, "template.yaml"),
    port: 0,
    taskRole: "alike-gateway",
    clock: Date.now,
    log: () => undefined,
  });
  Object.assign(process.env, aws.taskEnvironment);
  const [stage] = aws.apiStages;
  const env = {
    ...{ ISSUER_URL: issuer.issuer, AWS_ENDPOINT: aws.endpoint, PORT: "0", ADMIN_PORT: "0" },
    ...{ APP_URL: aws.functionUrls.get("alike"), API_URL: stage?.url, API_ARN: stage?.arn },
  };
  const file = join(__dirname, "gateway.yaml");
  const settings = loadConfiguration({ file, env, readFile: (path) => readFileSync(path, "utf8") });
  const { log, lines, assertNoSecrets } = createLogLines();
  const gateway = await startGateway(accepted(settings), log);
  const authorization = `Bearer ${await issuer.mint("alice")}`;
  return {
    aws,
    fetch: (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set("authorization", authorization);
      return fetch(`http://127.0.0.1:${gateway.port}${path}`, { ...init, headers, redirect: "manual" });
    },
    logLines: lines,
    async close() {
      await gateway.stop();
      await Promise.all([issuer.close(), aws.close()]);
      assertNoSecrets();
    },
  };
}
