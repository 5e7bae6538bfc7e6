// `npm run local` as a newcomer runs it: a process of its own, started, used by what it printed, and ended.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { assertNoSecretsIn, gatewayLinesOf } from "../../fixtures/log-lines.js";

interface Local {
  readonly process: ChildProcess;
  /** All it printed so far. */
  readonly printed: () => string;
  readonly ended: Promise<number | null>;
  /** The functions' code that it left in the temporary folder. */
  readonly left: () => string[];
}

const temporary = mkdtempSync(join(tmpdir(), "run-local-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const anyPorts = { PORT: "0", ADMIN_PORT: "0", ISSUER_PORT: "0", AWS_PORT: "0", DEMO_PORT: "0" };

function runLocal(ports: Record<string, string>, ...options: string[]): Local {
  const folder = mkdtempSync(join(temporary, "start-"));
  const child = spawn("npm", ["run", "local", "--", ...options], {
    env: { ...process.env, TMPDIR: folder, ...anyPorts, ...ports },
    // A process group of its own, as a terminal gives one: a signal can go to all of it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve)).then((status) => {
    assertNoSecretsIn(gatewayLinesOf(text));
    return status;
  });
  const left = (): string[] => readdirSync(folder).filter((name) => name.startsWith("grantway-"));
  return { process: child, printed: () => text, ended, left };
}

async function untilPrinted(local: Local, sentence: string): Promise<void> {
  while (!local.printed().includes(sentence)) {
    const more = Promise.race([once(local.process.stdout ?? local.process, "data"), local.ended]);
    if (typeof (await more) === "number") throw new Error(`ended early: ${local.printed()}`);
  }
}

const addressOf = (local: Local, name: string): string => {
  const address = new RegExp(`^${name}\\s+(http://127\\.0\\.0\\.1:\\d+)`, "m").exec(local.printed())?.[1];
  if (!address) throw new Error(`no address of ${name} in ${local.printed()}`);
  return address;
};

/** What one group of a line that it printed holds. */
function printed(local: Local, line: RegExp): string {
  const [, text] = line.exec(local.printed()) ?? [];
  if (text === undefined) throw new Error(`nothing like ${String(line)} in ${local.printed()}`);
  return text;
}

async function output(command: string, env: Record<string, string>): Promise<string> {
  const child = spawn("sh", ["-c", command], { env: { ...process.env, ...env } });
  let text = "";
  child.stdout.on("data", (chunk) => (text += String(chunk)));
  await once(child, "close");
  return text;
}

/** Resolves when no process of the group is left: its last ones close their output a moment before they are gone. */
async function untilGroupGone(leader: ChildProcess): Promise<void> {
  const isAlive = (): boolean => {
    try {
      return process.kill(-(leader.pid ?? 0), 0);
    } catch {
      return false;
    }
  };
  while (isAlive()) await setImmediate();
}

test("it starts, is used by the lines it prints, and SIGTERM ends all of it", async () => {
  const local = runLocal({});
  await untilPrinted(local, "Ctrl-C ends all of it.");
  const tokenLine = /^ {2}TOKEN=\$\((.*)\)$/m.exec(local.printed())?.[1] ?? "";
  const token = (await output(tokenLine, {})).trim();
  expect(token.split(".")).toHaveLength(3);

  const page = printed(local, /^Grantway runs on this machine\. Open (http:\S+\/demo\/) in a browser\.$/m);
  expect(await (await fetch(page)).text()).toContain("<h1>Grantway</h1>");

  const lines = [...local.printed().matchAll(/^ {2}(curl -i (?:-X POST )?-H .*)$/gm)];
  expect(lines).toHaveLength(8);
  for (const [, line = ""] of lines) {
    const status = line.endsWith("/jobs") ? 202 : 200;
    expect(await output(line.replace("curl -i", "curl -s -i"), { TOKEN: token })).toContain(
      `HTTP/1.1 ${status}`,
    );
  }
  const sts = printed(local, /^ {2}(curl -s http:\S+\/sts [^]*?"\$TOKEN")$/m);
  expect(await output(sts, { TOKEN: token })).toContain("<AssumeRoleWithWebIdentityResult>");
  const credentialProcess = printed(local, /^ {2}(echo "\$TOKEN" \| npm run .*)$/m);
  expect(JSON.parse(await output(credentialProcess, { TOKEN: token }))).toMatchObject({ Version: 1 });
  const unsigned = /^ {2}curl -i (http\S+) {3}# unsigned: 403$/m.exec(local.printed())?.[1] ?? "";
  expect((await fetch(unsigned)).status).toBe(403);

  const gateway = addressOf(local, "Gateway");
  local.process.kill("SIGTERM");
  await local.ended;
  await untilGroupGone(local.process);
  await expect(fetch(gateway)).rejects.toThrow();
}, 60_000);

test("Ctrl-C ends all of it with status 0", async () => {
  const local = runLocal({});
  await untilPrinted(local, "Ctrl-C ends all of it.");
  process.kill(-(local.process.pid ?? 0), "SIGINT");
  expect(await local.ended).toBe(0);
  await untilGroupGone(local.process);
  expect(gatewayLinesOf(local.printed()).at(-1)).toContain('"outcome":"finished"');
}, 60_000);

test("--template serves a stranger's functions to whoever exports what it prints, and ends when nobody reads on", async () => {
  const local = runLocal({}, "--template", "test/deploy/local/strangers/greeting/template.yaml");
  await untilPrinted(local, "Ctrl-C ends all of it.");
  expect(local.printed()).not.toContain("/demo/");
  const lines = [
    printed(local, /^ {2}(export .*)$/m),
    printed(local, /^ {2}(eval "\$\(curl .*)$/m),
    printed(local, /^ {2}(curl -i --aws-sigv4[^]*?http:\S+)$/m),
  ];
  const call = (): Promise<string> => output(lines.join("\n"), {});
  expect(await call()).toContain(
    '"caller":"arn:aws:sts::123456789012:assumed-role/local-administrator/local-task"',
  );

  // As `| head` ends: what the next call logs has no reader.
  expect(local.left()).toHaveLength(1);
  local.process.stdout?.destroy();
  await call();
  expect(await local.ended).toBe(0);
  await untilGroupGone(local.process);
  expect(local.left()).toEqual([]);
  expect(local.printed()).not.toContain("EPIPE");
}, 60_000);

test("a denial is explained with the statement that was missing, until the terminal is closed", async () => {
  const local = runLocal({}, "--explain");
  await untilPrinted(local, "Ctrl-C ends all of it.");
  const token = (await output(printed(local, /^ {2}TOKEN=\$\((.*)\)$/m), {})).trim();
  // What the grant of one function gives, for another function.
  const readGrant = printed(local, /^ {2}(eval "\$\(curl .*)$/m);
  const call = printed(local, /^ {2}(curl -i --aws-sigv4[^]*?http:)\S+$/m);
  const echo = addressOf(local, "grantway-echo").replace("http:", "");
  expect(await output(`${readGrant}\n${call}${echo}/`, { TOKEN: token })).toContain("HTTP/1.1 403");
  await untilPrinted(local, "nearly:");
  expect(local.printed()).toContain(
    [
      "aws     |   missing in the session policy (Policy and PolicyArns of AssumeRole):",
      "aws     |     - Effect: Allow",
      "aws     |       Action: lambda:InvokeFunctionUrl",
      "aws     |       Resource: arn:aws:lambda:eu-west-1:123456789012:function:grantway-echo:live",
    ].join("\n"),
  );
  process.kill(-(local.process.pid ?? 0), "SIGHUP");
  await local.ended;
  await untilGroupGone(local.process);
  expect(local.left()).toEqual([]);
}, 60_000);

test.each([
  [["--tempalte", "a"], 64, "there is no option --tempalte; did you mean --template?"],
  [["--template", "no-such.yaml"], 1, "no-such.yaml"],
  [["--role", "grantway-analyst"], 1, "trusts neither ecs-tasks.amazonaws.com nor an OpenID provider"],
  [
    ["--role", "nobody"],
    1,
    "the template has no role nobody for the task to run on; it has grantway-analyst",
  ],
])(
  "%j is refused in words and by status %d, and nothing is left running",
  async (options, status, sentence) => {
    const local = runLocal({}, ...options);
    expect(await local.ended).toBe(status);
    await untilGroupGone(local.process);
    expect(local.printed()).toContain(`local: `);
    expect(local.printed()).toContain(sentence);
    expect(local.printed()).not.toContain("    at ");
  },
  60_000,
);

test.each(["DEMO_PORT", "ISSUER_PORT", "AWS_PORT", "PORT", "ADMIN_PORT"])(
  "a port that is taken (%s) is named in one line",
  async (name) => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    const local = runLocal({ [name]: String(port) });
    expect(await local.ended).not.toBe(0);
    await untilGroupGone(local.process);
    holder.close();
    const told = local
      .printed()
      .split("\n")
      .filter((line) => line.includes(`port ${port}`));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(name);
  },
  60_000,
);
