// The gateway in a process of its own, from its start to its end by a signal, before a collector that takes all and answers
// nothing: what is left to tell it holds the process for seconds, however long it would like to wait.
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { assertNoSecretsIn } from "../fixtures/log-lines.js";
import { configuration } from "./configurations.js";

const connections = new Set<Socket>();
const collector = createServer((connection) =>
  connections.add(connection.on("error", () => undefined).resume()),
);
let gateway: ChildProcessByStdio<null, Readable, Readable> | undefined;

beforeAll(async () => {
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
});
afterAll(async () => {
  gateway?.kill("SIGKILL");
  for (const connection of connections) connection.destroy();
  collector.close();
  await once(collector, "close");
});

test("a collector that hangs does not keep the process after the drain, and the log is whole", async () => {
  const { port } = collector.address() as AddressInfo;
  const argv = ["--import", "tsx", "server/cli/grantway.ts", "serve"];
  gateway = spawn(process.execPath, argv, {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      GATEWAY_CONFIG: JSON.stringify({ ...configuration, listen: { host: "127.0.0.1" } }),
      ...{ PORT: "0", ADMIN_PORT: "0", AWS_EC2_METADATA_DISABLED: "true" },
      ...{ AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY: secret },
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      // Beyond this test's own time.
      OTEL_EXPORTER_OTLP_TIMEOUT: "600000",
    },
  });
  const lines: string[] = [];
  let isAsked: Promise<unknown> | undefined;
  createInterface({ input: gateway.stdout }).on("line", (line) => {
    lines.push(line);
    const told = JSON.parse(line) as { message: string; port: number };
    if (told.message !== "listening") return;
    isAsked = fetch(`http://127.0.0.1:${told.port}/reports/7`, {
      headers: { authorization: `Bearer ${jwt}` },
    });
    void isAsked.then(() => gateway?.kill("SIGTERM"));
  });
  const [status] = (await once(gateway, "exit")) as [number | null];
  await isAsked;
  expect(status).toBe(0);
  const messages = lines.map((line) => (JSON.parse(line) as { message: string }).message);
  expect(messages).toEqual(expect.arrayContaining(["listening", "request", "draining"]));
  expect(messages.at(-1)).toBe("stopped");
  assertNoSecretsIn(lines, [secret, jwt]);
});

const secret = "the-secret-of-the-gateway-itself";
const jwt = `${Buffer.from('{"alg":"RS256"}').toString("base64url")}.${Buffer.from("{}{}{}").toString("base64url")}.c2ln`;
