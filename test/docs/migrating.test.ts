// docs/migrating.md: the worked example is loaded, and lets in whom the API let in; keys and log fields it names are there.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { grantway } from "../cli/run-grantway.js";
import { codeSpans, tableRows } from "./page-tables.js";
import { problemCodes } from "./problem-codes.js";

const page = readFileSync("docs/migrating.md", "utf8");
const [, before = "", after = ""] = /```yaml\n([^]*?)```[^]*?```yaml\n([^]*?)```/.exec(page) ?? [];

interface Api {
  readonly ReportsFunction: {
    readonly Properties: {
      readonly Events: Readonly<
        Record<string, { readonly Properties: { readonly Method: string; readonly Path: string } }>
      >;
    };
  };
}

test("the configuration has no faults and nothing to warn of", async () => {
  const { status, out, err } = await grantway(["check", "gateway.yaml", "--strict"], {
    files: { "gateway.yaml": after },
  });
  expect({ status, err, warnings: out.match(/^ +warning.*/gm) }).toEqual({
    status: 0,
    err: "",
    warnings: null,
  });
});

test("it has the API's routes", () => {
  const { ReportsFunction } = parse(before, { logLevel: "silent" }) as Api;
  const api = Object.values(ReportsFunction.Properties.Events).map(
    ({ Properties: { Method, Path } }) => `${Method} ${Path}`,
  );
  const { routes } = parse(after) as { routes: { route: string }[] };
  expect(routes.map(({ route }) => route)).toEqual(api);
});

test("it lets in whom the API let in, and nobody else", async () => {
  const token = { sub: "alice", iss: "https://login.example.com/", aud: "https://api.example.com" };
  const read = { scope: "reports:read" };
  const allowed = { role: "arn:aws:iam::123456789012:role/reports-caller", sessionName: "main.alice" };
  const cases = [
    { route: "GET /reports/7", claims: read, expect: allowed },
    { route: "POST /reports", claims: { scope: "openid reports:write" }, expect: allowed },
    { route: "POST /reports", claims: read, expect: { denial: "scope_insufficient" } },
    { route: "DELETE /reports", claims: read, expect: { denial: "method_not_allowed" } },
    {
      route: "GET /reports/7",
      claims: { ...read, aud: "https://other.example.com" },
      expect: { denial: "token_audience_invalid" },
    },
  ].map((call, at) => ({ name: `case ${at}`, ...call, claims: { ...token, ...call.claims } }));
  const { status, out } = await grantway(["test", "t.yaml"], {
    files: { "gateway.yaml": after, "t.yaml": { cases } },
  });
  expect([status, out]).toEqual([0, expect.stringContaining("5 passed, 0 failed")]);
});

test("every key of the configuration that it names is in the schema", () => {
  const schema = readFileSync("server/config/gateway.schema.json", "utf8");
  const keys = tableRows(page, ["API Gateway", "Grantway"])
    .flatMap(({ cells }) => codeSpans(cells.Grantway ?? ""))
    .flatMap((code) => /^(?:issuers|routes|authorizers)\[\]\.?(\w+)?/.exec(code)?.[1] ?? []);
  expect(keys.length).toBeGreaterThan(8);
  expect(keys.filter((key) => !schema.includes(`"${key}":`))).toEqual([]);
});

test("every code of a refusal that it names is one", () => {
  const codes = Array.from(page.matchAll(/\b[45]\d\d `([a-z_]+)`/g), ([, code = ""]) => code);
  expect(codes.length).toBeGreaterThan(5);
  expect(codes.filter((code) => !problemCodes.has(code))).toEqual([]);
});
