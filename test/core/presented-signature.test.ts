// The header form of SigV4, read: what is taken apart, and what is no whole signature.
import { readSignature } from "../../server/core/presented-signature.js";
import { accepted, refused } from "../fixtures/outcome.js";

const signature = "0".repeat(64);
const scope = "20261122/eu-west-1/sts/aws4_request";
const names = "content-type;host;x-amz-date;x-amz-security-token";
const authorization = `AWS4-HMAC-SHA256 Credential=ASIAEXAMPLEEXAMPLE01/${scope}, SignedHeaders=${names}, Signature=${signature}`;
const fields = (value: string, date = "20261122T084500Z"): string[] => [
  ...["Host", "gateway.example", "Authorization", value],
  ...["X-Amz-Date", date, "X-Amz-Security-Token", "token"],
];

test.each([
  ["with spaces after its commas", authorization],
  ["without them", authorization.replaceAll(", ", ",")],
])("reads a signature %s", (_, value) => {
  expect(accepted(readSignature(fields(value)))).toEqual({
    accessKeyId: "ASIAEXAMPLEEXAMPLE01",
    sessionToken: "token",
    region: "eu-west-1",
    service: "sts",
    amzDate: "20261122T084500Z",
    signedAt: Date.UTC(2026, 10, 22, 8, 45),
    signedHeaders: names.split(";"),
    signature,
  });
});

test("a request without a signature is told so", () => {
  expect(refused(readSignature(["Host", "gateway.example"])).code).toBe("MissingAuthenticationToken");
});

const form = "the Authorization header is no signature of SigV4";
test.each([
  ["a bearer token", "Bearer e30.e30.e30", form],
  ["another algorithm", authorization.replace("HMAC-SHA256", "ECDSA-P256-SHA256"), form],
  ["another terminator", authorization.replace("aws4_request", "aws5_request"), form],
  ["a scope of four parts", authorization.replace("/sts/", "/"), form],
  ["a short access key id", authorization.replace("ASIAEXAMPLEEXAMPLE01", "ASIAEXAMPLEEXAM"), form],
  ["a long one", authorization.replace("ASIAEXAMPLE", "A".repeat(120)), form],
  ["a signature in capitals", authorization.replace(/0{64}$/, "A".repeat(64)), form],
  ["a signature too short", authorization.slice(0, -1), form],
  ["a further parameter", `${authorization}, x=y`, form],
  ["another order", authorization.replace(/(SignedHeaders=\S+), (Signature=\S+)/, "$2, $1"), form],
  ["no signed header", authorization.replace(names, ""), form],
  [
    "names out of order",
    authorization.replace("content-type;host", "host;content-type"),
    "SignedHeaders are not sorted",
  ],
  ["a name twice", authorization.replace("host", "host;host"), "SignedHeaders are not sorted"],
  ["an empty name", authorization.replace("content-type", ""), "SignedHeaders are not sorted"],
  ["the host not signed", authorization.replace("host;", ""), "host is not signed"],
  ["the date not signed", authorization.replace("x-amz-date;", ""), "x-amz-date is not signed"],
  [
    "the token not signed",
    authorization.replace(";x-amz-security-token", ""),
    "x-amz-security-token is not signed",
  ],
  [
    "another day in the scope",
    authorization.replace("20261122", "20261121"),
    "X-Amz-Date is no date of SigV4, or",
  ],
])("refuses %s", (_, value, cause) => {
  const flaw = refused(readSignature(fields(value)));
  expect([flaw.code, flaw.cause.slice(0, cause.length)]).toEqual(["IncompleteSignature", cause]);
});

test.each(["2026-11-22T08:45:00Z", "20261122T084500", "20261122T246000Z", "20261122T084500Z ", "1700000000"])(
  "refuses the date %j",
  (date) => {
    expect(refused(readSignature(fields(authorization, date))).code).toBe("IncompleteSignature");
  },
);

test("refuses a day that there is none of, whatever the scope says", () => {
  const value = authorization.replace("20261122", "20260230");
  expect(refused(readSignature(fields(value, "20260230T084500Z"))).code).toBe("IncompleteSignature");
});

test.each(["Authorization", "X-Amz-Date", "X-Amz-Security-Token"])("refuses a second %s", (name) => {
  const twice = [...fields(authorization), name, "x"];
  expect(refused(readSignature(twice)).code).toBe("IncompleteSignature");
});

test.each(["X-Amz-Date", "X-Amz-Security-Token"])("refuses a request without %s", (name) => {
  const all = fields(authorization);
  const at = all.indexOf(name);
  expect(refused(readSignature(all.toSpliced(at, 2))).code).toBe("IncompleteSignature");
});
