// What `npm run local` starts, on free ports: the OpenID provider and the local AWS in this process, the gateway in its
// own, on the very files that the command uses.
import { startAws } from "../../deploy/local/aws/aws.js";
import { gatewayEnvironment } from "../../deploy/local/gateway-environment.js";
import { startGatewayProcess } from "../../deploy/local/gateway-process.js";
import { startOpenIdProvider } from "../../deploy/local/issuer/openid-provider.js";

export interface LocalProduct {
  readonly url: string;
  /** The gateway's log so far. */
  readonly gatewayLines: readonly string[];
  mint(user: string): Promise<string>;
  /** Its log is whole after this. */
  stopGateway(): Promise<void>;
  close(): Promise<void>;
}

export async function startLocalProduct(): Promise<LocalProduct> {
  const issuer = await startOpenIdProvider({ port: 0 });
  const aws = await startAws({
    templateFile: "deploy/aws/functions.yaml",
    port: 0,
    taskRole: "grantway-gateway",
    clock: Date.now,
    log: () => undefined,
  });
  const gatewayLines: string[] = [];
  const gateway = await startGatewayProcess({
    configFile: "deploy/local/gateway.yaml",
    environment: {
      ...gatewayEnvironment(issuer, aws),
      PORT: "0",
      ADMIN_PORT: "0",
    },
    print: (line) => gatewayLines.push(line),
  });
  if (!gateway.ok) throw new Error(`the gateway ended with status ${gateway.denial} before it listened`);
  const { port, exited } = gateway.value;
  const stop = (): void => gateway.value.stop();
  // Ctrl-C ends this process at once, and the gateway with it.
  process.once("exit", stop);
  const stopGateway = async (): Promise<void> => {
    stop();
    await exited;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    gatewayLines,
    mint: (user) => issuer.mint(user),
    stopGateway,
    async close() {
      await stopGateway();
      await Promise.all([issuer.close(), aws.close()]);
    },
  };
}
