// docker-compose.yml, line by line against what it names: there is no Docker where the tests run. What its services run is
// run in compose-run.test.ts.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { account } from "../../deploy/local/aws/aws.js";
import { loadTemplate } from "../../deploy/local/aws/template/load-template.js";
import { readPorts } from "../../deploy/local/local-ports.js";
import { readOptions, servesPage } from "../../deploy/local/options.js";
import type { Settings } from "../../server/config/compile.js";
import { loadConfiguration } from "../../server/config/load.js";
import { nameSource } from "../../server/config/source.js";
import { composeFile, instruction } from "./compose-file.js";

const { gateway, valkey, twin } = composeFile.services;
const services = Object.entries(composeFile.services);
const configFile = "deploy/compose/gateway.yaml";
const settings = loaded();

function loaded(): Settings {
  const readFile = (path: string): string => readFileSync(path, "utf8");
  const result = loadConfiguration({ file: configFile, env: {}, readFile });
  if (!result.ok) throw new Error(JSON.stringify(result.denial));
  return result.value;
}

const seconds = (text = ""): number => Number(/^(\d+)s$/.exec(text)?.[1]);
const mebibytes = (text = ""): number => Number(/^(\d+)mb?$/.exec(text)?.[1]);

test("there are the three services, and the one volume that two of them share", () => {
  expect(services.map(([name]) => name)).toEqual(["gateway", "valkey", "twin"]);
  expect(Object.keys(composeFile.volumes)).toEqual(["task-token"]);
});

// Compose refuses keys it does not know, and so do we, as nobody runs it here.
const keys =
  "build image command network_mode depends_on environment ports volumes tmpfs user read_only init cap_drop " +
  "security_opt stop_grace_period mem_limit healthcheck";

test.each(services)("%s has no key but known ones, and no right that it does without", (_name, service) => {
  expect(Object.keys(service).filter((key) => !keys.split(" ").includes(key))).toEqual([]);
  expect(service).toMatchObject({
    read_only: true,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
  });
  expect(service.image).toMatch(
    service.build === undefined ? /^[\w/]+:\d+\.\d+[\w.-]*$/ : /^grantway(-twin)?$/,
  );
});

test.each(services)("%s runs as a user that is not root", (_name, { build, user }) => {
  if (build === undefined) expect(user).toMatch(/^"?[1-9]\d*:[1-9]\d*$/);
  else
    expect(instruction(typeof build === "string" ? "Dockerfile" : build.dockerfile, "USER")).toEqual([
      "node",
    ]);
});

test("what a service waits for has a health check", () => {
  const waitedFor = Object.entries(gateway.depends_on ?? {});
  expect(waitedFor.map(([name]) => name).toSorted()).toEqual(["twin", "valkey"]);
  for (const [, { condition }] of waitedFor) expect(condition).toBe("service_healthy");
  expect([valkey, twin].map(({ healthcheck }) => healthcheck?.test[0])).toEqual(["CMD", "CMD"]);
  expect(instruction("Dockerfile", "HEALTHCHECK").at(0)).toBe("--interval=15s");
  expect(gateway).not.toHaveProperty("healthcheck");
});

test("the gateway's ports are published, to this machine only, by the twin whose network it is in", () => {
  const { port, adminPort } = settings.listen;
  expect(gateway.network_mode).toBe("service:twin");
  expect(twin.ports).toEqual([port, adminPort].map((each) => `127.0.0.1:${each}:${each}`));
  for (const service of [gateway, valkey]) expect(service).not.toHaveProperty("ports");
  // What is published does not come in on loopback.
  expect(settings.listen.host).toBe("0.0.0.0");
  expect(instruction("Dockerfile", "EXPOSE")).toEqual([String(port), String(adminPort)]);
});

test("a stop waits longer than the drain", () => {
  expect(seconds(gateway.stop_grace_period) * 1000).toBeGreaterThanOrEqual(settings.listen.drainMs + 5_000);
  expect(gateway.init).toBeUndefined();
});

test("the configuration stands where the image looks for it, and only to be read", () => {
  const [folder] = instruction("Dockerfile", "WORKDIR");
  expect(gateway.volumes?.[0]).toBe(`./${configFile}:${folder ?? ""}/${nameSource({ env: {} })}:ro`);
});

test("every address in it is the twin's, or Valkey's", async () => {
  const ports = readPorts({});
  const { ISSUER_PORT, AWS_PORT } = ports.ok ? ports.value : { ISSUER_PORT: 0, AWS_PORT: 0 };
  const { functions } = await loadTemplate("deploy/aws/functions.yaml", account);
  const urls = functions
    .filter(({ url }) => url !== undefined)
    .map(({ arn }, at) => [`${arn}:live`, `http://127.0.0.1:${AWS_PORT + 1 + at}`] as const);
  expect(settings.issuers.map(({ issuer }) => issuer)).toEqual([`http://127.0.0.1:${ISSUER_PORT}`]);
  expect(settings.sts).toMatchObject({ region: account.region, endpoint: `http://127.0.0.1:${AWS_PORT}` });
  const text = readFileSync(configFile, "utf8");
  for (const [, url = "", arn = ""] of text.matchAll(/functionUrl: (\S+)\/\n +functionArn: (\S+)/g))
    expect([arn, url]).toEqual(urls.find(([name]) => name === arn));
  expect(settings.routes).toHaveLength(3);
  expect(settings.valkey).toMatchObject({ host: "valkey", port: 6379, isTls: false });
});

test("Valkey keeps nothing on disk, in less memory than it may have", () => {
  const { command = [] } = valkey;
  const valueOf = (option: string): string | undefined => command[command.indexOf(option) + 1];
  expect(command[0]).toBe("valkey-server");
  expect([valueOf("--save"), valueOf("--appendonly")]).toEqual(["", "no"]);
  expect(mebibytes(valueOf("--maxmemory")) * 2).toBeLessThanOrEqual(mebibytes(valkey.mem_limit));
});

test("the twin runs as npm run local does, without a gateway", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  expect(`exec ${instruction("deploy/compose/twin.Dockerfile", "ENTRYPOINT").join(" ")}`).toBe(scripts.local);
  const options = readOptions(twin.command ?? []);
  expect(options).toMatchObject({ ok: true, value: { role: "grantway-gateway" } });
  if (!options.ok || options.value === "help") throw new Error("no options");
  expect(options.value).not.toHaveProperty("configFile");
  expect(servesPage(options.value)).toBe(false);
});

test("the token of the task's credentials is written where the gateway reads it, and can only read it", () => {
  const file = gateway.environment?.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE ?? "";
  expect(twin.command).toEqual(["--without-gateway", "--task-token", file]);
  expect(twin.healthcheck?.test).toEqual(["CMD", "test", "-s", file]);
  const folder = file.replace(/\/[^/]+$/, "");
  expect([twin.volumes, gateway.volumes?.[1]]).toEqual([[`task-token:${folder}`], `task-token:${folder}:ro`]);
  expect(readFileSync("deploy/compose/twin.Dockerfile", "utf8")).toContain(`chown node:node ${folder}\n`);
});

test("the twin's image is built of what its .dockerignore lets through, all of it there", () => {
  const text = readFileSync("deploy/compose/twin.Dockerfile", "utf8");
  const copied = Array.from(text.matchAll(/^COPY (.*) \S+$/gm), ([, files = ""]) => files.split(" ")).flat();
  const ignore = readFileSync("deploy/compose/twin.Dockerfile.dockerignore", "utf8").split("\n");
  expect(ignore.filter((line) => line.startsWith("!")).map((line) => line.slice(1))).toEqual(copied);
  expect(ignore).toContain("*");
  expect(copied.filter((file) => !existsSync(file))).toEqual([]);
  expect(twin.build).toEqual({ context: ".", dockerfile: "deploy/compose/twin.Dockerfile" });
});

test("the page shows the commands that stand at the head of the file", () => {
  const head = Array.from(
    readFileSync("docker-compose.yml", "utf8").matchAll(/^# {3}(.+)$/gm),
    ([, line]) => line,
  );
  expect(head).toHaveLength(4);
  expect(readFileSync("docs/image.md", "utf8")).toContain(`\`\`\`sh\n${head.join("\n")}\n\`\`\``);
});

const hasCompose = spawnSync("docker", ["compose", "version"], { timeout: 30_000 }).status === 0;
(hasCompose ? test : test.skip)("Docker Compose (skipped where it is not installed) takes the file", () => {
  const { status, stderr } = spawnSync("docker", ["compose", "config", "--quiet"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});
