import { createHash, createHmac } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import aws4 from "aws4";
import fc from "fast-check";
import { headerEntries } from "../../server/core/raw-headers.js";
import { encodeRfc3986 } from "../../server/core/request-target.js";
import { signRequest, type SigningInput } from "../../server/core/sigv4.js";
import { credentials } from "../fixtures/session.js";
import { targetOf } from "../fixtures/target.js";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const now = Date.UTC(2026, 10, 21, 20, 0, 0);

const inputWith = (overrides: Partial<SigningInput> = {}): SigningInput => ({
  method: "GET",
  host: "abc.lambda-url.eu-west-1.on.aws",
  target: targetOf("/"),
  payloadHash: sha256(""),
  region: "eu-west-1",
  service: "lambda",
  credentials,
  now,
  ...overrides,
});

const signedFields = (input: SigningInput): Record<string, string> =>
  Object.fromEntries(headerEntries(signRequest(input)));

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, steps 2 to 4. */
function signatureOf(canonicalRequest: string, date: string, scope: string, secret: string): string {
  const stringToSign = ["AWS4-HMAC-SHA256", date, scope, sha256(canonicalRequest)].join("\n");
  let key = Buffer.from(`AWS4${secret}`);
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  return createHmac("sha256", key).update(stringToSign).digest("hex");
}

test("the steps written out in this file give the signature that AWS published for its own example", () => {
  const headers = [
    "content-type:application/x-www-form-urlencoded; charset=utf-8",
    "host:iam.amazonaws.com",
    "x-amz-date:20150830T123600Z",
  ];
  const query = "Action=ListUsers&Version=2010-05-08";
  const request = ["GET", "/", query, ...headers, "", "content-type;host;x-amz-date", sha256("")].join("\n");
  const scope = "20150830/us-east-1/iam/aws4_request";
  expect(signatureOf(request, "20150830T123600Z", scope, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")).toBe(
    "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
  );
});

/** The Authorization header that AWS's own signer makes for the same request. */
async function smithyAuthorization(input: SigningInput): Promise<string | undefined> {
  const { region, service } = input;
  const signer = new SignatureV4({ region, service, credentials: input.credentials, sha256: Sha256 });
  const [path = "", search = ""] = input.target.wire.split("?", 2);
  const pairs = [...new URLSearchParams(search)];
  const names = [...new Set(pairs.map(([name]) => name))];
  const query = Object.fromEntries(
    names.map((name) => [name, pairs.filter((pair) => pair[0] === name).map(([, value]) => value)]),
  );
  const headers = { host: input.host, "x-amz-content-sha256": input.payloadHash };
  const request = { method: input.method, protocol: "https:", hostname: input.host, path, query, headers };
  const signed = await signer.sign(request, { signingDate: new Date(input.now) });
  return signed.headers.authorization;
}

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });
const segments = fc.array(
  text.filter((part) => !/^\.*$|[/\\]/.test(part)),
  { maxLength: 4 },
);
// AWS's signer leaves out `X-Amz-Signature` (a presigned URL's) and, being JavaScript, `__proto__`.
const name = text.filter((part) => !/^(?:x-amz-signature|__proto__)$/i.test(part));
const pairs = fc.array(fc.tuple(name, fc.oneof(text, fc.constant(""))), { maxLength: 6 });
const inputs = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"),
  host: fc.constantFrom("abc.lambda-url.eu-west-1.on.aws", "127.0.0.1:4566"),
  target: fc
    .tuple(segments, pairs)
    .map(([path, query]) =>
      targetOf(
        `/${path.map(encodeURIComponent).join("/")}?${query.map((pair) => pair.map(encodeRfc3986).join("=")).join("&")}`,
      ),
    ),
  payloadHash: fc.string().map(sha256),
  region: fc.constantFrom("eu-west-1", "us-gov-west-1"),
  service: fc.constantFrom("lambda", "execute-api"),
  credentials: fc.record({
    accessKeyId: fc.stringMatching(/^ASIA[A-Z2-7]{16}$/),
    secretAccessKey: fc.stringMatching(/^[A-Za-z0-9/+]{40}$/),
    sessionToken: fc.stringMatching(/^[A-Za-z0-9/+=]{20,60}$/),
  }),
  now: fc.date({ min: new Date(0), max: new Date("2099-12-31"), noInvalidDate: true }).map(Number),
});

describe("signRequest", () => {
  test("gives exactly the headers of a bare request", () => {
    const { Authorization, ...rest } = signedFields(inputWith());
    expect(rest).toEqual({
      Host: "abc.lambda-url.eu-west-1.on.aws",
      "X-Amz-Content-Sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "X-Amz-Date": "20261121T200000Z",
      "X-Amz-Security-Token": credentials.sessionToken,
    });
    expect(Authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIAIOSFODNN7EXAMPLE\/20261121\/eu-west-1\/lambda\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    );
  });

  test("follows the SigV4 document step by step", () => {
    const canonicalRequest = [
      "POST",
      "/f%281%29",
      "__proto__=3&a=1&a=2",
      "host:abc.lambda-url.eu-west-1.on.aws",
      `x-amz-content-sha256:${sha256("{}")}`,
      "x-amz-date:20261121T200000Z",
      `x-amz-security-token:${credentials.sessionToken}`,
      "",
      "host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
      sha256("{}"),
    ].join("\n");
    const scope = "20261121/eu-west-1/lambda/aws4_request";
    const target = targetOf("/f(1)?a=2&a=1&__proto__=3");
    const { Authorization } = signedFields(inputWith({ method: "POST", target, payloadHash: sha256("{}") }));
    const date = "20261121T200000Z";
    expect(Authorization).toContain(
      `Signature=${signatureOf(canonicalRequest, date, scope, credentials.secretAccessKey)}`,
    );
  });

  test.each(["/a%2Fb", "/(x)!'*", "/@a:b;c=d", "/?a", "/a/?b=1", "/%E3%81%82?q=%E3%81%82+x"])(
    "signs %s as AWS's own signer does",
    async (raw) => {
      const input = inputWith({ target: targetOf(raw) });
      expect(signedFields(input).Authorization).toBe(await smithyAuthorization(input));
    },
  );

  test("signs 1,500 pairs as AWS's own signer does", async () => {
    const query = Array.from({ length: 1500 }, (_, at) => `k${at % 1400}=${at}`).join("&");
    const input = inputWith({ target: targetOf(`/?${query}`) });
    expect(signedFields(input).Authorization).toBe(await smithyAuthorization(input));
  });

  test("signs any target, method, body, time and scope as AWS's own signer does", async () => {
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        expect(signedFields(input).Authorization).toBe(await smithyAuthorization(input));
      }),
      { numRuns: 300 },
    );
  });

  test("gives the very fields that plain aws4 gives for the same request", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { method, host, service, region, target, payloadHash } = input;
        const headers = {
          Host: host,
          "X-Amz-Content-Sha256": payloadHash,
          "X-Amz-Date": signedFields(input)["X-Amz-Date"],
        };
        const plain = aws4.sign({ method, service, region, path: target.wire, headers }, input.credentials);
        expect(signedFields(input)).toEqual(plain.headers);
      }),
      { numRuns: 300 },
    );
  });
});

describe("further X-Amz- fields", () => {
  const amzFields = [
    ["x-amz-tenant-id", "a  b"],
    ["x-amz-invocation-type", "Event"],
    ["x-amz-log-type", "Tail"],
  ] as const;

  test("are signed and sent, as AWS's own signer does", async () => {
    const target = targetOf("/2015-03-31/functions/arn%3Aaws/invocations");
    const input = inputWith({ method: "POST", target, amzFields });
    const signer = new SignatureV4({ region: "eu-west-1", service: "lambda", credentials, sha256: Sha256 });
    const { headers } = await signer.sign(
      {
        ...{ method: "POST", protocol: "https:", hostname: input.host, path: target.wire },
        headers: {
          host: input.host,
          "x-amz-content-sha256": input.payloadHash,
          ...Object.fromEntries(amzFields),
        },
      },
      { signingDate: new Date(now) },
    );
    const fields = signedFields(input);
    expect(fields).toMatchObject(Object.fromEntries(amzFields));
    expect(fields.Authorization).toBe(headers.authorization);
  });

  test("that are none change nothing", () => {
    expect(signRequest(inputWith({ amzFields: [] }))).toEqual(signRequest(inputWith()));
  });
});

describe("missing credentials", () => {
  const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;
  const before = names.map((name) => [name, process.env[name]] as const);

  beforeAll(() => {
    for (const name of names) process.env[name] = "the-gateways-own";
  });
  afterAll(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  });

  test.each(["accessKeyId", "secretAccessKey", "sessionToken"])(
    "throws without %s and does not sign with the gateway's own environment",
    (name) => {
      for (const missing of ["", undefined as unknown as string]) {
        const input = inputWith({ credentials: { ...credentials, [name]: missing } });
        expect(() => signRequest(input)).toThrow("three credentials");
      }
    },
  );
});
