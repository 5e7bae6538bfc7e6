// `grantway credentials` against the whole product on free ports: the document it prints, the sign-in it needs once,
// and what it says where it has nothing to print.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { readArguments } from "../../server/cli/arguments.js";
import { credentials } from "../../server/cli/credentials.js";
import { credentialsOptions, readCredentialsOptions } from "../../server/cli/credentials-options.js";
import { startStack, type Stack } from "../fixtures/stack.js";
import { runIn, type Person } from "./run-credentials.js";
import { grantway } from "./run-grantway.js";

let stack: Stack;
let folder: string;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "grantway-credentials-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (argv: readonly string[], person?: Person) => runIn(folder, argv, person);

const at = (route: string, ...more: string[]): string[] => [
  "--gateway",
  stack.url,
  "--route",
  route,
  ...more,
];
const withLogin = (route = "hello", ...more: string[]): string[] =>
  at(route, "--issuer", stack.issuer.issuer, "--client-id", "grantway-cli", ...more);
function tokenFile(text: string): string {
  const path = join(folder, "token");
  writeFileSync(path, text);
  return path;
}

describe("with a token file", () => {
  it("prints the document of credential_process, and no field more", async () => {
    const token = await stack.issuer.mint("alice");
    const { status, out, err } = await run(at("hello", "--token-file", tokenFile(`\n${token}\n`)));
    expect([status, err]).toEqual([0, ""]);
    const document = JSON.parse(out) as Record<string, unknown>;
    expect(Object.keys(document)).toEqual([
      "Version",
      "AccessKeyId",
      "SecretAccessKey",
      "SessionToken",
      "Expiration",
      "AccountId",
    ]);
    expect(document).toMatchObject({ Version: 1, AccessKeyId: expect.stringMatching(/^ASIA/) as string });
    expect(Date.parse(String(document.Expiration)) / 1_000).toBeLessThanOrEqual(Number(decodeJwt(token).exp));
  });

  it("takes a gateway's address with a slash at its end", async () => {
    const file = tokenFile(await stack.issuer.mint("alice"));
    const ran = await run(["--gateway", `${stack.url}/`, "--route", "hello", "--token-file", file]);
    expect(ran.status).toBe(0);
  });

  it.each([
    ["empty", " \n", /token is empty: it should hold the caller's token$/],
    ["of two words", "a.b.c d", /token holds no JWT: /],
    [
      "with no JWT, without a word of it",
      "xx",
      /: \S+token holds no JWT: that is three parts in base64url, with a dot between them$/,
    ],
    ["of two parts", "a.b", /token holds no JWT: /],
    ["of four parts", "a.b.c.d", /token holds no JWT: /],
    ["with an empty part", "a.b.", /token holds no JWT: /],
    ["with padding", "a.b.c=", /token holds no JWT: /],
    ["with a scheme before the token", "Bearer a.b.c", /token holds no JWT: /],
    ["of two tokens", "a.b.c\na.b.c", /token holds no JWT: /],
    ["huge", "x".repeat(65_537), /token holds more than 65536 bytes: that is no token$/],
  ])("refuses a file that is %s", async (_what, text, message) => {
    const { status, out, err } = await run(at("hello", "--token-file", tokenFile(text)));
    expect([status, out, err.trim()]).toEqual([1, "", expect.stringMatching(message)]);
  });

  it("refuses a file that is not there", async () => {
    const { status, err } = await run(at("hello", "--token-file", join(folder, "none")));
    expect([status, err]).toEqual([1, expect.stringContaining("none cannot be read: ENOENT")]);
  });

  it.each<[string, string, string, RegExp]>([
    ["an unknown route", "alice", "nowhere", /the gateway refuses: [A-Za-z_]+: /],
    ["somebody without a role", "bob", "hello", /the gateway refuses: [A-Za-z_]+: /],
  ])("says what the gateway says to %s, in one line", async (_what, user, route, message) => {
    const { status, out, err } = await run(
      at(route, "--token-file", tokenFile(await stack.issuer.mint(user))),
    );
    expect([status, out, err]).toEqual([1, "", expect.stringMatching(message)]);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("says what the gateway says of a token that is none, and does not quote it", async () => {
    const { status, err } = await run(at("hello", "--token-file", tokenFile("secret.no.token")));
    expect([status, err]).toEqual([1, expect.stringContaining("the gateway refuses: ")]);
    expect(err).not.toContain("secret.no.token");
  });
});

describe("with a sign-in", () => {
  it("asks once, then keeps tokens in the state folder and no AWS credentials", async () => {
    const first = await run(withLogin(), { user: "alice" });
    expect([first.status, first.err]).toEqual([0, ""]);
    expect(first.shown).toContain(`${stack.issuer.issuer}/device`);
    expect(first.shown).toContain("grantway: signed in.");
    const second = await run(withLogin("echo"));
    expect([second.status, second.err, second.shown]).toEqual([0, "", ""]);
    const kept = readdirSync(join(folder, "grantway")).map((name) =>
      readFileSync(join(folder, "grantway", name), "utf8"),
    );
    expect(kept).toHaveLength(1);
    expect(kept[0]).not.toContain(String((JSON.parse(second.out) as Record<string, unknown>).AccessKeyId));
    expect(kept[0]).not.toMatch(/SecretAccessKey|SessionToken|ASIA/);
  });

  it("refreshes once more when the gateway no longer takes what was kept", async () => {
    expect((await run(withLogin(), { user: "alice" })).status).toBe(0);
    const [name = ""] = readdirSync(join(folder, "grantway"));
    const file = join(folder, "grantway", name);
    const kept = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...kept, accessToken: "not.a.token" }));
    const again = await run(withLogin());
    expect([again.status, again.shown]).toEqual([0, ""]);
    const renewed = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    expect(renewed.refreshToken).not.toBe(kept.refreshToken);
  });

  it("says what to type where there is no terminal", async () => {
    const { status, out, err } = await run(withLogin("hello", "--scope", "openid it's"));
    const command =
      `grantway credentials --gateway ${stack.url} --route hello --issuer ${stack.issuer.issuer} ` +
      `--client-id grantway-cli --scope 'openid it'\\''s'`;
    const sentence = `nobody is signed in at ${stack.issuer.issuer}; run this once in a terminal: ${command}`;
    expect([status, out, err]).toEqual([1, "", `grantway credentials: ${sentence}\n`]);
  });

  it("says that the sign-in was refused in the browser", async () => {
    const { status, err } = await run(withLogin(), { user: undefined });
    expect([status, err]).toEqual([1, "grantway credentials: the sign-in was refused in the browser\n"]);
  });

  it("says what the provider says of a client that may not", async () => {
    const argv = at("hello", "--issuer", stack.issuer.issuer, "--client-id", "grantway-shell");
    const { status, err } = await run(argv, { user: "alice" });
    expect([status, err]).toEqual([1, expect.stringContaining("/device/auth answered invalid_request: ")]);
  });

  it("does not take the same provider under another name", async () => {
    const issuer = `${stack.issuer.issuer}/`;
    const { status, err } = await run(at("hello", "--issuer", issuer, "--client-id", "grantway-cli"));
    expect([status, err]).toEqual([1, expect.stringContaining(`names issuer "${stack.issuer.issuer}"`)]);
  });
});

describe("--sign-out", () => {
  const signOut = (...more: string[]): string[] => ["--sign-out", ...withLogin("hello", ...more)];

  it("removes the sign-in, and the provider gives nothing for its refresh token any more", async () => {
    await run(withLogin(), { user: "alice" });
    const [name = ""] = readdirSync(join(folder, "grantway"));
    const file = join(folder, "grantway", name);
    const kept = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    expect(await run(signOut())).toEqual({
      status: 0,
      out: "",
      err: `grantway credentials: signed out at ${stack.issuer.issuer}, which revoked the refresh token\n`,
      shown: "",
    });
    expect(readdirSync(join(folder, "grantway"))).toEqual([]);
    const form = {
      client_id: "grantway-cli",
      grant_type: "refresh_token",
      refresh_token: String(kept.refreshToken),
    };
    const answer = await fetch(`${stack.issuer.issuer}/token`, {
      method: "POST",
      body: new URLSearchParams(form),
    });
    expect(await answer.json()).toMatchObject({ error: "invalid_grant" });
    expect((await run(withLogin())).err).toContain("nobody is signed in at ");
  });

  it("is of the very options: another scope's sign-in stays", async () => {
    await run(withLogin(), { user: "alice" });
    const ran = await run(signOut("--scope", "openid"));
    expect([ran.status, ran.err]).toEqual([
      0,
      expect.stringContaining("no sign-in is kept for grantway-cli at "),
    ]);
    expect((await run(withLogin())).status).toBe(0);
  });
});

describe("wrong usage is told", () => {
  const file = ["--token-file", "f"];
  it.each<[readonly string[], string]>([
    [["--route", "r", ...file], "--gateway is missing"],
    [["--gateway", "http://gateway.example", "--route", "r", ...file], "--gateway takes an https URL"],
    [["--gateway", "gateway.example", "--route", "r", ...file], "--gateway takes an https URL"],
    [["--gateway", "https://g.example/?a", "--route", "r", ...file], "--gateway takes a URL without ? and #"],
    [["--gateway", "https://g.example", ...file], "--route is missing"],
    [["--gateway", "https://g.example", "--route", "../admin", ...file], "--route takes a route's name"],
    [["--gateway", "https://g.example", "--route", "..", ...file], "--route takes a route's name"],
    [["--gateway", "https://g.example", "--route", "r"], "it needs --token-file or --issuer, one of them"],
    [
      ["--gateway", "https://g.example", "--route", "r", ...file, "--issuer", "https://i.example"],
      "it needs --token-file or --issuer, one of them",
    ],
    [
      ["--gateway", "https://g.example", "--route", "r", ...file, "--scope", "openid"],
      "--scope says nothing beside --token-file",
    ],
    [
      ["--gateway", "https://g.example", "--route", "r", "--issuer", "http://i.example"],
      "--issuer takes an https URL",
    ],
    [
      ["--gateway", "https://g.example", "--route", "r", "--issuer", "https://i.example"],
      "--client-id is missing",
    ],
    [["--sign-out"], "--sign-out needs --issuer and --client-id"],
    [["--sign-out", ...file], "--sign-out says nothing beside --token-file"],
    [["--sign-out", "--issuer", "https://i.example"], "--client-id is missing"],
    [["--sign-out", "--issuer", "i.example", "--client-id", "c"], "--issuer takes an https URL"],
    [["--gateway", "https://g.example", "--route", "r", "--tokenfile", "f"], "did you mean --token-file?"],
    [["--gateway", "https://g.example", "--route", "r", ...file, "more"], "it takes options only"],
  ])("%j: %s", async (argv, message) => {
    const { status, out, err } = await grantway(["credentials", ...argv]);
    expect([status, out, err]).toEqual([64, "", expect.stringContaining(message)]);
  });

  it.each(["docs/first-calls.md", "docs/credentials.md"])(
    "not so the lines for ~/.aws/config in %s",
    (page) => {
      const lines = readFileSync(page, "utf8").matchAll(/^credential_process = grantway credentials (.+)$/gm);
      const read = Array.from(lines, ([, words = ""]) => readArguments(words.split(" "), credentialsOptions));
      expect(read).not.toEqual([]);
      for (const parsed of read) {
        if (!parsed.ok) throw new Error(parsed.denial);
        expect(readCredentialsOptions(parsed.value.values)).toMatchObject({ ok: true });
      }
    },
  );

  it("--help shows how to use it from ~/.aws/config", async () => {
    expect(credentials.usage).toContain("credential_process = grantway credentials --gateway");
    expect((await grantway(["credentials", "--help"])).out).toBe(credentials.usage);
  });
});
