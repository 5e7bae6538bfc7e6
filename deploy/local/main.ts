// `npm run local`: an OpenID provider, the strict local AWS, the gateway and a page to try them on, on one machine. The
// gateway is the product itself in a process of its own, reached through configuration only.
import { rmSync, writeFileSync } from "node:fs";
import { exitStatus } from "../../server/cli/console.js";
import { startAws, type Aws } from "./aws/aws.js";
import { startDemoPage } from "./demo/demo-page.js";
import { demoSettings } from "./demo/demo-settings.js";
import { gatewayEnvironment } from "./gateway-environment.js";
import { instructions, instructionsWithoutGateway } from "./instructions.js";
import { startGatewayProcess, type GatewayProcess } from "./gateway-process.js";
import { startOpenIdProvider, type OpenIdProvider } from "./issuer/openid-provider.js";
import { describeListenError, readPorts, type PortName, type Ports } from "./local-ports.js";
import { readOptions, servesPage, usage, type LocalOptions } from "./options.js";

async function run(): Promise<number> {
  const stopAsked = untilStopAsked();
  const options = readOptions(process.argv.slice(2));
  if (!options.ok) return fail(`${options.denial}\n\n${usage}`, exitStatus.usage);
  if (options.value === "help") return help();
  const ports = readPorts(process.env);
  return ports.ok ? serve(options.value, ports.value, stopAsked) : fail(ports.denial, exitStatus.usage);
}

async function serve(options: LocalOptions, ports: Ports, stopAsked: Promise<void>): Promise<number> {
  const { DEMO_PORT, ISSUER_PORT } = ports;
  const started: { close(): Promise<void> }[] = [];
  try {
    const page = servesPage(options)
      ? await listening("DEMO_PORT", startDemoPage({ port: DEMO_PORT }))
      : undefined;
    if (page) started.push(page);
    const starts = [
      listening("ISSUER_PORT", startOpenIdProvider({ port: ISSUER_PORT })),
      listening("AWS_PORT", startLocalAws(options, ports, page?.origin)),
    ] as const;
    for (const start of await Promise.allSettled(starts)) {
      if (start.status === "fulfilled") started.push(start.value);
    }
    const [issuer, aws] = await Promise.all(starts);
    if (options.fault !== undefined) print("aws", "STS fails as --sts-fault says, until this ends");
    for (const notice of aws.template.notices) print("aws", notice);
    if (options.taskTokenFile !== undefined) writeTaskToken(options.taskTokenFile, aws);
    if (options.configFile === undefined) {
      process.stdout.write(instructionsWithoutGateway({ issuer, aws }));
      await stopAsked;
      return 0;
    }
    const gateway = await startGateway(options.configFile, issuer, aws, ports, page?.origin);
    if (!gateway.ok) return gateway.denial;
    page?.show(demoSettings(issuer, aws, `http://127.0.0.1:${gateway.value.port}`));
    const { configFile } = options;
    process.stdout.write(instructions({ issuer, aws, gateway: gateway.value, configFile, page }));
    return await untilTheEnd(gateway.value, stopAsked);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  } finally {
    await Promise.all(started.map((each) => each.close()));
  }
}

/** For its owner's eyes only. */
function writeTaskToken(file: string, { taskEnvironment }: Aws): void {
  rmSync(file, { force: true });
  writeFileSync(file, taskEnvironment.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? "", { mode: 0o600, flag: "wx" });
}

/** The gateway drains first, while everything it calls is still there. */
async function untilTheEnd(gateway: GatewayProcess, stopAsked: Promise<void>): Promise<number> {
  await Promise.race([stopAsked, gateway.exited]);
  gateway.stop();
  return gateway.exited;
}

function startLocalAws(options: LocalOptions, ports: Ports, pageOrigin?: string): Promise<Aws> {
  const { templateFile, parameters, explain, role, operatorRole, doctorRole, holdAliases, fault } = options;
  const { AWS_PORT: port, DEMO_PORT, ISSUER_PORT, PORT, ADMIN_PORT } = ports;
  // Neighbouring ports, so that the URLs stay the same from start to start where nothing else wants them.
  const neighbours = Array.from({ length: 20 }, (_, at) => port + 1 + at);
  const others = [DEMO_PORT, ISSUER_PORT, PORT, ADMIN_PORT];
  return startAws({
    templateFile,
    parameters: { ...(pageOrigin !== undefined && { PageOrigins: pageOrigin }), ...parameters },
    port,
    functionUrlPorts: port === 0 ? [] : neighbours.filter((each) => !others.includes(each)),
    ...(role !== undefined && { taskRole: role }),
    ...(operatorRole !== undefined && { operatorRole }),
    ...(doctorRole !== undefined && { doctorRole }),
    ...(holdAliases && { holdAliases }),
    explain,
    watch: true,
    clock: Date.now,
    log: (line) => print("aws", line),
    ...(fault && { fault }),
  });
}

const startGateway = (
  configFile: string,
  issuer: OpenIdProvider,
  aws: Aws,
  { PORT, ADMIN_PORT }: Ports,
  pageOrigin?: string,
) =>
  startGatewayProcess({
    configFile,
    environment: {
      ...gatewayEnvironment(issuer, aws, pageOrigin),
      PORT: String(PORT),
      ADMIN_PORT: String(ADMIN_PORT),
    },
    print: (line) => print("gateway", line),
  });

async function listening<T>(name: PortName, start: Promise<T>): Promise<T> {
  try {
    return await start;
  } catch (error) {
    throw describeListenError(name, error);
  }
}

function untilStopAsked(): Promise<void> {
  return new Promise((resolve) => {
    // Kept on for the whole stop: Ctrl-C reaches this process and the gateway alike, and often more than once.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
    // `npm run local | head`, or a terminal that has gone: nobody reads on, and each line is a fault of its own.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => resolve());
  });
}

function print(source: string, text: string): void {
  for (const line of text.split("\n")) process.stdout.write(`${source.padEnd(7)} | ${line}\n`);
}

function help(): number {
  process.stdout.write(usage);
  return 0;
}

function fail(sentence: string, status: number = exitStatus.no): number {
  process.stderr.write(`local: ${sentence}\n`);
  return status;
}

process.exitCode = await run();
