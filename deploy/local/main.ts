// `npm run local`: an OpenID provider, the strict local AWS and the gateway, on one machine. The gateway is the product
// itself in a process of its own, reached through configuration only.
import { startAws, type Aws } from "./aws/aws.js";
import { instructions } from "./instructions.js";
import { startGatewayProcess, type GatewayProcess } from "./gateway-process.js";
import { startOpenIdProvider, type OpenIdProvider } from "./issuer/openid-provider.js";
import { describeListenError, readPorts, type PortName } from "./local-ports.js";

const templateFile = "deploy/aws/functions.yaml";
const configFile = "deploy/local/gateway.yaml";

async function run(): Promise<number> {
  const ports = readPorts(process.env);
  if (!ports.ok) return fail(ports.denial);
  const { ISSUER_PORT, AWS_PORT, PORT, ADMIN_PORT } = ports.value;
  const stopSignal = signalled();
  const started: { close(): Promise<void> }[] = [];
  try {
    const issuer = await listening("ISSUER_PORT", startOpenIdProvider({ port: ISSUER_PORT }));
    started.push(issuer);
    const aws = await listening("AWS_PORT", startLocalAws(AWS_PORT, [ISSUER_PORT, PORT, ADMIN_PORT]));
    started.push(aws);
    const gateway = await startGatewayProcess({
      configFile,
      environment: { ...environmentOf(issuer, aws), PORT: String(PORT), ADMIN_PORT: String(ADMIN_PORT) },
      print: (line) => print("gateway", line),
    });
    if (!gateway.ok) return gateway.denial;
    process.stdout.write(instructions({ issuer, aws, gateway: gateway.value }));
    return await untilTheEnd(gateway.value, stopSignal);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  } finally {
    await Promise.all(started.map((each) => each.close()));
  }
}

/** The gateway drains first, while everything it calls is still there. */
async function untilTheEnd(gateway: GatewayProcess, stopSignal: Promise<void>): Promise<number> {
  await Promise.race([stopSignal, gateway.exited]);
  gateway.stop();
  return gateway.exited;
}

function startLocalAws(port: number, others: readonly number[]): Promise<Aws> {
  // Neighbouring ports, so that the URLs stay the same from start to start where nothing else wants them.
  const neighbours = [1, 2, 3, 4, 5, 6].map((step) => port + step).filter((each) => !others.includes(each));
  return startAws({
    templateFile,
    port,
    functionUrlPorts: port === 0 ? [] : neighbours,
    taskRole: "grantway-gateway",
    clock: Date.now,
    log: (line) => print("aws", line),
  });
}

/** What a task definition would set: where things are, and the task's credentials. */
const environmentOf = (issuer: OpenIdProvider, aws: Aws): Record<string, string> => ({
  ISSUER_URL: issuer.issuer,
  AWS_ENDPOINT: aws.endpoint,
  HELLO_URL: aws.functionUrls.get("grantway-hello") ?? "",
  LONG_URL: aws.functionUrls.get("grantway-long") ?? "",
  ECHO_URL: aws.functionUrls.get("grantway-echo") ?? "",
  ...aws.taskEnvironment,
  // The SDK's note that it will leave Node 20 behind in 2027 is for whoever deploys, not for this terminal.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
});

async function listening<T>(name: PortName, start: Promise<T>): Promise<T> {
  try {
    return await start;
  } catch (error) {
    throw describeListenError(name, error);
  }
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    // Kept on for the whole stop: Ctrl-C reaches this process and the gateway alike, and often more than once.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
  });
}

const print = (source: string, line: string): void =>
  void process.stdout.write(`${source.padEnd(7)} | ${line}\n`);

function fail(sentence: string): number {
  process.stderr.write(`local: ${sentence}\n`);
  return 1;
}

process.exitCode = await run();
