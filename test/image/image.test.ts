// The image, built of the Dockerfile and run: without root, without a writable file system, without capabilities. Shown on
// base images made here (base-image.ts; the one it runs on has no shell) and by runc. Not shown: Debian's `node` image, and
// what Docker sets up around it (a network, a seccomp filter). docs/image.md says the same.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerResponse } from "node:http";
import { startAws, type Aws } from "../../deploy/local/aws/aws.js";
import { startOpenIdProvider, type OpenIdProvider } from "../../deploy/local/issuer/openid-provider.js";
import { assertNoSecretsIn } from "../fixtures/log-lines.js";
import { startUpstreamServer, type UpstreamServer } from "../fixtures/upstream-server.js";
import { buildImage, type BuiltImage } from "./built-image.js";
import { runImage, type Container } from "./container.js";
import { filesBelow, packagesBelow, totalBytes } from "./image-files.js";
import { chooseDescribe, thisMachine, whatIsMissing } from "./image-tools.js";
import { nameAndVersion, readSbom } from "./sbom.js";

const describeImage = chooseDescribe(whatIsMissing(thisMachine), (text) => void process.stderr.write(text));
const labels = { VERSION: "1.2.3", REVISION: "0123abc", SOURCE: "https://example.com/grantway" };
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

describeImage("the image", () => {
  let image: BuiltImage;
  beforeAll(async () => {
    image = await buildImage(labels);
  }, 900_000);
  afterAll(() => image.remove());

  describe("holds", () => {
    test("the compiled gateway, its dependencies and its manifest, and nothing else", () => {
      const app = join(image.files, "app");
      expect(readdirSync(app).toSorted()).toEqual(["dist", "node_modules", "package.json"]);
      const sources = readdirSync("server", { recursive: true, encoding: "utf8" });
      const compiled = sources
        .filter((file) => file.endsWith(".ts"))
        .map((file) => file.replace(/ts$/, "js"));
      expect([...filesBelow(join(app, "dist/server")).keys()].toSorted()).toEqual(compiled.toSorted());
    });

    test("outside of it nothing that its base has not", () => {
      const base = filesBelow(image.baseFiles);
      const outside = [...filesBelow(image.files).keys()].filter((file) => !file.startsWith("app/"));
      expect(outside.toSorted()).toEqual([...base.keys()].toSorted());
    });

    test("exactly the packages of the bill of materials", () => {
      const packages = new Set(packagesBelow(join(image.files, "app")));
      const named = readSbom().packages.map(nameAndVersion);
      expect([...packages, `grantway@${version}`].toSorted()).toEqual(named.toSorted());
    });

    test("nothing that is made for one architecture", () => {
      const files = [...filesBelow(join(image.files, "app")).keys()];
      expect(files.filter((file) => /\.(node|so|wasm)$|\.so\./.test(file))).toEqual([]);
    });

    test("no types, no source maps, and nothing of the way it was installed", () => {
      const files = [...filesBelow(join(image.files, "app")).keys()];
      expect(files.filter((file) => /\.([cm]?ts|map)$|\.npmrc$|package-lock\.json$/.test(file))).toEqual([
        "node_modules/.package-lock.json",
      ]);
      const lock = readFileSync(join(image.files, "app/node_modules/.package-lock.json"), "utf8");
      expect(lock).not.toMatch(/"resolved"|:\/\/[^"]*@/);
    });

    test("less than 50 MB on top of its base", () => {
      const [app, all] = [filesBelow(join(image.files, "app")), filesBelow(image.files)].map(totalBytes);
      const inMb = (bytes = 0): string => `${(bytes / 1e6).toFixed(1)} MB`;
      process.stdout.write(`image: /app ${inMb(app)}, with this machine's Node and libraries ${inMb(all)}\n`);
      expect(app).toBeLessThan(50e6);
    });
  });

  test("its record says the user, the ports, the signal, what runs, and where it comes from", () => {
    expect(image.config).toMatchObject({
      User: "node",
      WorkingDir: "/app",
      Entrypoint: ["node", "dist/server/cli/grantway.js"],
      Cmd: ["serve"],
      StopSignal: "SIGTERM",
      ExposedPorts: { "8080/tcp": {}, "8081/tcp": {} },
      Labels: {
        "org.opencontainers.image.version": labels.VERSION,
        "org.opencontainers.image.revision": labels.REVISION,
        "org.opencontainers.image.source": labels.SOURCE,
      },
    });
    expect(image.config.Env).toContain("NODE_ENV=production");
  });

  test.each([
    ["its version", ["--version"], 0, version],
    ["what is missing where nothing configures it", undefined, 78, "gateway.yaml: cannot be read"],
    ["what it does not know", ["sevre"], 64, "did you mean serve?"],
  ])("says %s", async (_title, command, status, words) => {
    const container = runImage(image, command && { command });
    const exited = await container.exited;
    await container.remove();
    expect([exited, container.lines().join("\n")]).toEqual([status, expect.stringContaining(words)]);
  });

  describe("runs", () => {
    let [issuer, aws, upstream]: [OpenIdProvider?, Aws?, UpstreamServer?] = [];
    let container: Container;
    let ports: { port: number; adminPort: number };
    let onHeld: (response: ServerResponse) => void;
    beforeAll(async () => {
      issuer = await startOpenIdProvider({ port: 0 });
      aws = await startAws({
        ...{ templateFile: "deploy/aws/functions.yaml", port: 0, taskRole: "grantway-gateway" },
        ...{ clock: Date.now, log: () => undefined },
      });
      upstream = await startUpstreamServer((_request, response) => onHeld(response));
      container = runImage(image, {
        configuration: configuration(issuer, aws, upstream),
        environment: { ...aws.taskEnvironment, PORT: "0", ADMIN_PORT: "0" },
      });
      ports = JSON.parse(await container.lineWith('"message":"listening"')) as typeof ports;
    });
    afterAll(async () => {
      try {
        await container.remove();
        assertNoSecretsIn(container.lines());
      } finally {
        // Also where there was no image to run: what stays open would hold Jest up for ever.
        await Promise.all([issuer?.close(), aws?.close(), upstream?.close()]);
      }
    });

    const fetchAsAlice = async (path: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${ports.port}${path}`, {
        headers: { authorization: `Bearer ${(await issuer?.mint("alice")) ?? ""}` },
      });
    const field = (name: string): string[] =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(container.proc("status"))?.[1]?.split(/\s+/) ?? [];

    test("a call, end to end", async () => {
      const reply = await fetchAsAlice("/hello");
      expect([reply.status, await reply.json()]).toMatchObject([200, expect.anything()]);
      const ready = await fetch(`http://127.0.0.1:${ports.adminPort}/readyz`);
      expect(ready.status).toBe(200);
    });

    test("as the user node, in no other group, and as process 1", () => {
      expect([field("Uid"), field("Gid")]).toEqual([Array(4).fill("1000"), Array(4).fill("1000")]);
      expect(field("Groups").filter((group) => group !== "" && group !== "1000")).toEqual([]);
      expect(field("NSpid").at(-1)).toBe("1");
    });

    test("without a capability, and without a way to one", () => {
      for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"])
        expect([set, field(set)]).toEqual([set, ["0000000000000000"]]);
      expect(field("NoNewPrivs")).toEqual(["1"]);
    });

    test("on a root file system that nothing can be written to", async () => {
      const root = container
        .proc("mountinfo")
        .split("\n")
        .find((line) => line.split(" ")[4] === "/");
      expect(root?.split(" ")[5]?.split(",")).toContain("ro");
      for (const path of ["/tmp/x", "/app/x", "/home/node/x"])
        expect(
          await container.exec(["node", "--eval", `fs.writeFileSync(${JSON.stringify(path)}, "")`]),
        ).toEqual({
          status: 1,
          printed: expect.stringMatching(/EROFS|EACCES/) as string,
        });
    });

    test("healthy by its own health check, which fails where nothing answers", async () => {
      const [kind, ...command] = image.config.Healthcheck.Test;
      expect(kind).toBe("CMD");
      const isHealthy = async (adminPort: number): Promise<number> =>
        (await container.exec(command, { ADMIN_PORT: String(adminPort) })).status;
      expect(await isHealthy(ports.adminPort)).toBe(0);
      expect(await isHealthy(1)).toBe(1);
      // There is something, but it is no gateway's admin listener.
      expect(await isHealthy(ports.port)).toBe(1);
    });

    test("until its stop signal, which lets the call in flight end", async () => {
      const held = new Promise<ServerResponse>((resolve) => (onHeld = resolve));
      const reply = fetchAsAlice("/held");
      const response = await held;
      response.write("first half, ");
      const head = await reply;
      await container.stop();
      await container.lineWith('"message":"draining"');
      await expect(fetchAsAlice("/hello")).rejects.toThrow();
      response.end("second half");
      expect(await head.text()).toBe("first half, second half");
      expect(await container.exited).toBe(0);
      expect(container.lines().at(-1)).toContain('"outcome":"finished"');
    });
  });
});

/** `hello` is the twin's function; behind `held` stands a server of the test's. */
function configuration(issuer: OpenIdProvider, aws: Aws, upstream: UpstreamServer): string {
  const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}:live`;
  const target = (name: string, functionUrl = "") => ({
    ...{ functionUrl, functionArn: functionArn(name), region: "eu-west-1" },
  });
  return JSON.stringify({
    issuers: [{ name: "local", issuer: issuer.issuer, audience: ["https://api.grantway.local"] }],
    roles: [
      {
        name: "analyst",
        when: '"analysts" in claims.groups',
        roleArn: "arn:aws:iam::123456789012:role/grantway-analyst",
        tags: { tenant: "claims.tenant" },
      },
    ],
    routes: [
      { route: "ANY /hello", target: target("grantway-hello", aws.functionUrls.get("grantway-hello")) },
      { route: "ANY /held", target: target("grantway-long", `${upstream.origin}/`) },
    ],
    sts: { region: "eu-west-1", endpoint: aws.endpoint },
    listen: { host: "127.0.0.1" },
  });
}
