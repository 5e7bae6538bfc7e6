import { createHash } from "node:crypto";
import aws4 from "aws4";
import { headerValues } from "../../../../server/core/raw-headers.js";
import { signRequest } from "../../../../server/core/sigv4.js";
import type { Caller, SignedRequest } from "../../../../deploy/local/aws/model.js";
import { createVerifier } from "../../../../deploy/local/aws/sigv4/verify-request.js";
import { targetOf } from "../../../fixtures/target.js";
import { now, sampleRole } from "../iam/sample-caller.js";
import { refusalOf } from "./signing.js";
import { shortToken, suite, vectors, type Vector } from "./vectors.js";

/** The suite's long-term key has no session token: an empty one stands for it. */
const callerOf = ({ token, unsignedToken }: Partial<Vector>): Caller => ({
  accessKeyId: suite.accessKeyId,
  secretAccessKey: suite.secretAccessKey,
  sessionToken: token ?? unsignedToken ?? "",
  issuedAt: suite.now,
  expiration: now,
  accountId: "123456789012",
  role: sampleRole("suite"),
  arn: "arn:aws:sts::123456789012:assumed-role/suite/suite",
  userId: "AROASUITE:suite",
  tags: {},
  transitiveTagKeys: [],
});

const verify = (request: SignedRequest, caller: Caller) =>
  createVerifier({
    sessions: { find: (id) => (id === suite.accessKeyId ? caller : undefined) },
    clock: () => suite.now,
    region: suite.region,
  })(request, suite.service);

const tokenHeader = "X-Amz-Security-Token";

const requestOf = (vector: Vector): SignedRequest => {
  const { method, target, headers, body, signature, token, unsignedToken } = vector;
  const signed = [
    ["Host", suite.host],
    ["X-Amz-Date", suite.date],
    ...(token === undefined ? [] : [[tokenHeader, token]]),
    ...headers,
  ];
  const names = [...new Set(signed.map(([name = ""]) => name.toLowerCase()))].sort().join(";");
  const scope = `${suite.date.slice(0, 8)}/${suite.region}/${suite.service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${suite.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  const unsigned = unsignedToken === undefined ? [] : [tokenHeader, unsignedToken];
  const rawHeaders = [...signed.flat(), ...unsigned, "Authorization", authorization];
  return { method, target, rawHeaders, body: Buffer.from(body) };
};

const accepted = vectors.filter(({ refused }) => refused === undefined);
const refused = vectors.filter((vector) => vector.refused !== undefined);

test("every case stands in the table once", () => {
  expect(new Set(vectors.map(({ name }) => name)).size).toBe(41);
  expect([accepted.length, refused.length]).toEqual([23, 18]);
});

test.each(accepted)("the signature of $name is accepted", async (vector) => {
  expect(refusalOf(await verify(requestOf(vector), callerOf(vector)))).toBe("accepted");
});

test.each(accepted)("$name with a signature of one other digit is not", async (vector) => {
  const wrong = vector.signature.replace(/^./, (digit) => (digit === "0" ? "1" : "0"));
  const request = requestOf({ ...vector, signature: wrong });
  expect(refusalOf(await verify(request, callerOf(vector)))).toContain("does not match the signature");
});

test.each(refused)("$name is refused, since $refused", async (vector) => {
  expect(refusalOf(await verify(requestOf(vector), callerOf(vector)))).toBe(
    `403 InvalidSignatureException: The request cannot be verified: ${vector.refused ?? ""}.`,
  );
});

// aws4 takes each header once.
const once = accepted.filter(
  ({ name }) => !/key-duplicate|value-order$/.test(name) || name.includes("query"),
);

test.each(once)("aws4, which the gateway signs with, agrees on $name", (vector) => {
  const { method, target, headers, body, token, signature } = vector;
  const request = {
    method,
    path: target,
    host: suite.host,
    service: suite.service,
    region: suite.region,
    headers: { Host: suite.host, "X-Amz-Date": suite.date, ...Object.fromEntries(headers) },
    body,
  };
  const signed = aws4.sign(request, { ...suite, ...(token === undefined ? {} : { sessionToken: token }) });
  expect(String(signed.headers?.Authorization).split("Signature=")[1]).toBe(signature);
});

// The gateway signs four headers, always the same: what botocore 1.43.11 makes of the suite's requests with these.
test.each<[method: string, target: string, body: string, signature: string]>([
  ["GET", "/", "", "0801219db18e1897854e3afa3dedfe3574c26ec5f9aab5b5f45412b8889bc02e"],
  ["GET", "/?Param1=value1", "", "64b06f663ea19e0a3520413ecc56578315027054bb007c35c0be3a0e8c1da7bd"],
  [
    "GET",
    "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
    "",
    "4dc6a81b2c9cd982b3fa22f335d7983f44da5e7acd340e4b3be15748174c6db7",
  ],
  [
    "GET",
    "/?Param2=value2&Param1=value1",
    "",
    "f6382bee771ad5402271dbffa214c9138fe98d1f82ef453012a39156b440b526",
  ],
  [
    "GET",
    "/?Param1=value2&Param1=Value1",
    "",
    "493f61922680e998e7d9603e898878dad99598bfb042c88fa8369f55c069efaa",
  ],
  ["GET", "/?%E1%88%B4=bar", "", "a04f100a1fdf031492423879bd42214394746b11f86630bef916915fb64a63bd"],
  ["GET", "/example%20space/", "", "f63ad5e586633bb5c2498a4e4b6eee21d9fdf596ed11e5c196a1e1945d914224"],
  ["GET", "/%E1%88%B4", "", "7cbbc86edfde6c3fb2f738ba8c80593025c1e0d75c7be88bd1db997aca5a0470"],
  ["GET", "/a(b)%2F!'*", "", "ee0f1788a0cd70a98a90d26413f881782b29471599380cee1159135573ed7d2a"],
  ["POST", "/", "", "d8be9e18c395394f7c229b6e2dc9e043435419769d597241748899c027234136"],
  ["POST", "/?Param1=value1", "", "d68337e92ddecf87e7533bf2cc59b644873603c54d3ab93b420c696a766a4d9a"],
  ["POST", "/", "Param1=value1", "4f4dbbb92d0c86588567c595e158bae739b780f1e65166d71faf1ef87825d948"],
])(
  "the gateway signs %s %s %s as botocore does, and the twin takes it",
  async (method, target, body, signature) => {
    const credentials = { ...suite, sessionToken: shortToken };
    const rawHeaders = signRequest({
      ...suite,
      method,
      target: targetOf(target),
      payloadHash: createHash("sha256").update(body).digest("hex"),
      credentials,
    });
    expect(headerValues(rawHeaders, "authorization")[0]?.split("Signature=")[1]).toBe(signature);
    const request = { method, target, rawHeaders, body: Buffer.from(body) };
    expect(refusalOf(await verify(request, callerOf({ token: shortToken })))).toBe("accepted");
  },
);
