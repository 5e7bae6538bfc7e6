// Signatures made by AWS's own signer and by aws4fetch, verified by ours; and then with one byte changed.
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { AwsV4Signer } from "aws4fetch";
import fc from "fast-check";
import { NodeSha256 } from "../../deploy/local/aws/sigv4/node-sha256.js";
import { readSignature } from "../../server/core/presented-signature.js";
import { parseRequestTarget } from "../../server/core/request-target.js";
import { isSameSecret, verifySigned, type SignedRequest } from "../../server/core/verify-signed.js";
import { accepted, refused } from "../fixtures/outcome.js";

const now = Date.UTC(2026, 10, 22, 8, 45);
const credentials = {
  accessKeyId: "ASIAEXAMPLEEXAMPLE01",
  secretAccessKey: "a-secret+access/key",
  sessionToken: "session/token+with==",
};
const body = "Action=GetCallerIdentity&Version=2011-06-15";
const type = "application/x-www-form-urlencoded; charset=utf-8";

interface Signing {
  readonly path?: string;
  readonly region?: string;
  readonly service?: string;
  readonly headers?: Record<string, string>;
}

async function bySmithy({ path = "/sts/", region = "eu-west-1", service = "sts", headers }: Signing = {}) {
  const signer = new SignatureV4({ credentials, region, service, sha256: NodeSha256 });
  const all = { host: "gateway.example", "content-type": type, ...headers };
  const request = {
    method: "POST",
    protocol: "https:",
    hostname: "gateway.example",
    path,
    query: {},
    headers: all,
    body,
  };
  const signed = await signer.sign(request, { signingDate: new Date(now) });
  return requestWith(path, Object.entries(signed.headers));
}

async function byAws4fetch({ path = "/sts/", region = "eu-west-1", service = "sts", headers }: Signing = {}) {
  const signer = new AwsV4Signer({
    ...credentials,
    ...{ region, service, method: "POST", url: `https://gateway.example${path}`, body },
    headers: { "content-type": type, ...headers },
    allHeaders: true,
    datetime: "20261122T084500Z",
  });
  const signed = await signer.sign();
  return requestWith(path, [...signed.headers, ["host", "gateway.example"]]);
}

const requestWith = (path: string, entries: (readonly [string, string])[]): SignedRequest => ({
  method: "POST",
  target: accepted(parseRequestTarget(path)),
  headers: entries.flat(),
  body: Buffer.from(body),
});

const verify = (request: SignedRequest, at = now, secret = credentials.secretAccessKey) => {
  const presented = readSignature(request.headers);
  return presented.ok ? verifySigned(request, presented.value, secret, at) : presented;
};
const codeOf = (...args: Parameters<typeof verify>): string => refused(verify(...args)).code;
const withField = (request: SignedRequest, field: string, value: string): SignedRequest => {
  const at = request.headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === field);
  return { ...request, headers: request.headers.with(at + 1, value) };
};

const signers: [string, typeof bySmithy][] = [
  ["AWS's signer", bySmithy],
  ["aws4fetch", byAws4fetch],
];

describe.each(signers)("%s", (_, sign) => {
  test.each([
    ["as SDKs send it", {}],
    ["to a route's door", { path: "/sts/reports" }],
    ["to a route whose name is encoded", { path: "/sts/all%20%28reports%29" }],
    ["in another region", { region: "us-gov-east-1" }],
    [
      "with further fields, spaces in them",
      { headers: { "x-amz-user-agent": " a   b ", "amz-sdk-request": "1" } },
    ],
  ])("is believed: %s", async (_what, signing) => {
    expect(verify(await sign(signing))).toEqual({ ok: true, value: undefined });
  });

  test("is not believed for another service", async () => {
    expect(codeOf(await sign({ service: "lambda" }))).toBe("SignatureDoesNotMatch");
  });

  test("is not believed of another key", async () => {
    expect(codeOf(await sign(), now, `${credentials.secretAccessKey} `)).toBe("SignatureDoesNotMatch");
    expect(codeOf(await sign(), now, "")).toBe("SignatureDoesNotMatch");
  });

  test("is not believed of another request", async () => {
    const request = await sign();
    const target = accepted(parseRequestTarget("/sts"));
    const query = accepted(parseRequestTarget("/sts/?a=b"));
    for (const change of [
      { method: "PUT" },
      { target },
      { target: query },
      { body: Buffer.from(`${body}&`) },
    ])
      expect(codeOf({ ...request, ...change })).toBe("SignatureDoesNotMatch");
    expect(codeOf({ ...request, headers: [...request.headers, "Content-Type", type] })).toBe(
      "SignatureDoesNotMatch",
    );
  });

  test.each([
    ["five minutes late", 300_000, true],
    ["a millisecond more", 300_001, false],
    ["five minutes early", -300_000, true],
    ["a millisecond more", -300_001, false],
  ])("at %s (%i ms) it is believed: %s", async (_what, late, believed) => {
    expect(verify(await sign(), now + late).ok).toBe(believed);
  });
});

const withoutKeyId = (text: string): string => text.replace(/Credential=\w+/, "");

test("with one character of anything signed changed, nothing is believed", async () => {
  const request = await bySmithy();
  const fields = request.headers.filter((name, at) => at % 2 === 0 && name !== "authorization");
  const change = (text: string, at: number, to: string): string =>
    text.slice(0, at) + to + text.slice(at + 1);
  const changes = fc.constantFrom("authorization", ...fields, "body");
  let refusals = 0;
  fc.assert(
    fc.property(
      changes,
      fc.nat(),
      fc.constantFrom("0", "a", "Z", "/", " ", "=", ";", "é", "\t"),
      (where, place, to) => {
        const old = where === "body" ? body : request.headers[request.headers.indexOf(where) + 1];
        if (old === undefined) throw new Error(`there is no ${where}`);
        const text = change(old, place % old.length, to);
        // A space more at the end or beside another says the same (RFC 9110 5.5).
        if (text.trim().replace(/ +/g, " ") === old) return;
        // The key's id is under no signature: it says which secret to ask for.
        if (withoutKeyId(text) === withoutKeyId(old)) return;
        const changed =
          where === "body" ? { ...request, body: Buffer.from(text) } : withField(request, where, text);
        refusals++;
        expect(["SignatureDoesNotMatch", "IncompleteSignature"]).toContain(codeOf(changed));
      },
    ),
    { numRuns: 2000 },
  );
  expect(refusals).toBeGreaterThan(1500);
});

test.each(["UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "0".repeat(64)])(
  "a body hash of %s is refused, however well signed",
  async (hash) => {
    expect(codeOf(await bySmithy({ headers: { "x-amz-content-sha256": hash } }))).toBe(
      "SignatureDoesNotMatch",
    );
  },
);

/** By the algorithm's own words, for what no signer would sign. */
function signedByHand(lines: readonly string[], names: string): string {
  const hash = (content: string): string => createHash("sha256").update(content).digest("hex");
  const canonical = ["POST", "/sts/", "", ...lines, "", names, hash(body)].join("\n");
  const scope = "20261122/eu-west-1/sts/aws4_request";
  const text = ["AWS4-HMAC-SHA256", "20261122T084500Z", scope, hash(canonical)].join("\n");
  let key: Buffer | string = `AWS4${credentials.secretAccessKey}`;
  for (const part of [...scope.split("/"), text]) key = createHmac("sha256", key).update(part).digest();
  return `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${(key as Buffer).toString("hex")}`;
}

test.each([
  ["plain", "x", true],
  ["missing", undefined, false],
  ["not plain ASCII", "é", false],
])("a signed field that is %s", (_, value, believed) => {
  const names = "accept;host;x-amz-date;x-amz-security-token";
  const rest = [
    ["host", "gateway.example"],
    ["x-amz-date", "20261122T084500Z"],
    ["x-amz-security-token", credentials.sessionToken],
  ] as const;
  const lines = [`accept:${value ?? ""}`, ...rest.map(([name, text]) => `${name}:${text}`)];
  const authorization = signedByHand(lines, names);
  const accept = value === undefined ? [] : [["accept", value] as const];
  const request = requestWith("/sts/", [...rest, ...accept, ["authorization", authorization]]);
  expect(verify(request).ok).toBe(believed);
});

test.each([
  ["a", "a", true],
  ["a", "b", false],
  ["a", "aa", false],
  ["", "", true],
])("%j and %j are the same secret: %s", (a, b, same) => {
  expect(isSameSecret(a, b)).toBe(same);
});
