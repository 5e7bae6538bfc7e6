// What `grantway credentials` makes of the answers of something that is no gateway, or of a hostile provider.
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runIn, type Person } from "./run-credentials.js";
import type { Ran } from "./run-grantway.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "grantway-credentials-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (argv: readonly string[], person?: Person) => runIn(folder, argv, person);
function tokenFile(text: string): string {
  const path = join(folder, "token");
  writeFileSync(path, text);
  return path;
}

describe("of something that is no gateway", () => {
  let server: Server;
  let requests: string[];
  const answered = async (answer: RequestListener): Promise<Ran> => {
    const url = await listen(answer);
    return run(["--gateway", `${url}/base/`, "--route", "r", "--token-file", tokenFile("t.t.t")]);
  };
  const listen = async (answer: RequestListener): Promise<string> => {
    requests = [];
    server = createServer((request, response) => {
      requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
      answer(request, response);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });
  const good = {
    Version: 1,
    AccessKeyId: "AKIDEXAMPLE",
    SecretAccessKey: "secret",
    SessionToken: "token",
    Expiration: "2999-01-01T00:00:00Z",
  };

  it("asks below the path that was given, and prints only what is of the format", async () => {
    const ran = await answered((_request, response) => response.end(JSON.stringify({ ...good, More: "x" })));
    expect([ran.status, JSON.parse(ran.out)]).toEqual([0, good]);
    expect(requests).toEqual(["POST /base/grant/r"]);
  });

  it.each([
    ["123456789012", { AccountId: "123456789012" }],
    ["x", {}],
    [7, {}],
  ])("prints the account %j only if it is one", async (AccountId, printed) => {
    const ran = await answered((_request, response) => response.end(JSON.stringify({ ...good, AccountId })));
    expect(JSON.parse(ran.out)).toEqual({ ...good, ...printed });
  });

  it.each<[string, object]>([
    ["another version", { Version: "1" }],
    ["no key", { AccessKeyId: undefined }],
    ["a key on two lines", { AccessKeyId: "A\nB" }],
    ["a key that is a number", { SecretAccessKey: 7 }],
    ["no session token", { SessionToken: "" }],
    ["no end", { Expiration: undefined }],
    ["an end in words", { Expiration: "tomorrow" }],
    ["an end with a zone", { Expiration: "2999-01-01T00:00:00+01:00" }],
  ])("prints nothing of an answer with %s", async (_what, changed) => {
    const ran = await answered((_request, response) => response.end(JSON.stringify({ ...good, ...changed })));
    expect(ran).toMatchObject({
      status: 1,
      out: "",
      err: "grantway credentials: the gateway's answer is no set of credentials\n",
    });
  });

  it("asks for the clock when the credentials have ended already", async () => {
    const ended = { ...good, Expiration: "2020-01-01T00:00:00Z" };
    const ran = await answered((_request, response) => response.end(JSON.stringify(ended)));
    expect([ran.status, ran.err]).toEqual([1, expect.stringContaining("is this machine's clock right?")]);
  });

  it.each<[string, RequestListener, number, string]>([
    [
      "a redirect",
      (_request, response) => response.writeHead(307, { location: "/elsewhere" }).end(),
      1,
      "the gateway answered 307 and no credentials: redirects are not followed",
    ],
    [
      "a page",
      (_request, response) => response.end("<html>"),
      1,
      "the gateway answered 200 and no credentials: is it a gateway's address?",
    ],
    [
      "an outage",
      (_request, response) => response.writeHead(503).end('{"Code":"keys_unavailable","Message":"later"}'),
      69,
      "the gateway refuses: keys_unavailable: later",
    ],
    [
      "a message that would repaint the terminal",
      (_request, response) => response.writeHead(403).end('{"Code":"c","Message":"\\u001b[2J"}'),
      1,
      "the gateway refuses: c: \\u001b[2J",
    ],
    [
      "too much",
      (_request, response) => response.end("x".repeat(300_000)),
      69,
      "answered more than 262144 bytes",
    ],
    ["nothing", (request) => request.destroy(), 69, "failed: "],
  ])("tells %s", async (_what, answer, status, message) => {
    const ran = await answered(answer);
    expect([ran.status, ran.out, ran.err]).toEqual([status, "", expect.stringContaining(message)]);
    expect(requests).toHaveLength(1);
  });

  it.each(["issuer", "token_endpoint", "device_authorization_endpoint", "error"])(
    "prints nothing that would repaint the terminal of a provider's %s",
    async (name) => {
      const url: string = await listen((request, response) => {
        const trick = `${url}/t\u001b[2J\n\u009b31m\u202e`;
        const metadata = {
          issuer: url,
          token_endpoint: `${url}/t`,
          device_authorization_endpoint: `${url}/d`,
        };
        const isDiscovery = request.method === "GET";
        if (!isDiscovery) response.writeHead(400);
        response.end(JSON.stringify(isDiscovery ? { ...metadata, [name]: trick } : { [name]: trick }));
      });
      const gateway = ["--gateway", url, "--route", "r"];
      const ran = await run([...gateway, "--issuer", url, "--client-id", "c"], { user: "alice" });
      expect([ran.status, ran.out]).toEqual([1, ""]);
      expect(`${ran.err}${ran.shown}`).toMatch(/^grantway credentials: [\x20-\x7e]+\n$/);
    },
  );

  it("bothers a person once, though the gateway does not take the token of his sign-in", async () => {
    const paths: string[] = [];
    const url: string = await listen((request, response) => {
      const { pathname } = new URL(request.url ?? "", url);
      paths.push(pathname);
      const answers: Record<string, object> = {
        "/.well-known/openid-configuration": {
          issuer: url,
          token_endpoint: `${url}/token`,
          device_authorization_endpoint: `${url}/device`,
        },
        "/device": { device_code: "d", user_code: "U", verification_uri: `${url}/go`, interval: 5 },
        "/token": { access_token: "of-another-audience", token_type: "Bearer", expires_in: 3600 },
      };
      const answer = answers[pathname] ?? { Code: "token_invalid", Message: "no" };
      response.writeHead(pathname in answers ? 200 : 401).end(JSON.stringify(answer));
    });
    const gateway = ["--gateway", url, "--route", "r"];
    const ran = await run([...gateway, "--issuer", url, "--client-id", "c"], { user: "alice" });
    const said = "grantway credentials: the gateway refuses: token_invalid: no\n";
    expect([ran.status, ran.err]).toEqual([1, said]);
    expect(paths.filter((path) => path === "/device" || path === "/grant/r")).toEqual([
      "/device",
      "/grant/r",
    ]);
  });
});
