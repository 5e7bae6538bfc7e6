// A function URL and a signature that is not one, or not of this request as it arrives.
import { sha256Of } from "./sign-by-hand.js";
import {
  accessDenied,
  addHeader,
  editAuthorization,
  editHeader,
  incomplete,
  invalid,
  type Row,
  source,
  unrecognized,
} from "./row.js";
import type { Ask } from "./corpus-twin.js";

type Line = readonly [title: string, fault: Ask, refused: string, good?: Ask];
const section = (why: string, lines: readonly Line[]): Row[] =>
  lines.map(([title, fault, refused, good = {}]) => ({ title, why, good, fault, refused }));

const authorization = editAuthorization;
const post: Ask = { method: "POST", body: "hello" };
const query: Ask = { target: "/list?page=1" };
const note: Ask = { headers: [["x-note", "a"]] };
const withHash = (hash: string): Ask => ({
  headers: [["X-Amz-Content-Sha256", hash]],
  payloadHash: hash,
});

const form = section(`the header has one algorithm and three parameters: ${source.elements}`, [
  ["no Authorization", { edit: editHeader("authorization", () => undefined) }, accessDenied],
  ["two Authorizations", { edit: addHeader("Authorization", "AWS4-HMAC-SHA256 x") }, incomplete],
  ["a bearer token", { edit: editHeader("authorization", () => "Bearer abc") }, incomplete],
  ["basic credentials", { edit: editHeader("authorization", () => "Basic YTpi") }, incomplete],
  ["SigV4a's algorithm", authorization("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"), incomplete],
  ["SHA-1", authorization("SHA256", "SHA1"), incomplete],
  ["Signature Version 2's name", authorization("AWS4-HMAC-SHA256", "AWS3-HTTPS"), incomplete],
  ["no Credential", authorization(/Credential=[^,]*, /, ""), incomplete],
  ["no SignedHeaders", authorization(/SignedHeaders=[^,]*, /, ""), incomplete],
  ["no Signature", authorization(/, Signature=.*/, ""), incomplete],
  ["an empty Signature", authorization(/Signature=.*/, "Signature="), incomplete],
  ["Signature twice", authorization(/(, Signature=.*)/, "$1$1"), incomplete],
  ["one parameter too many", authorization(/$/, ", Expires=60"), incomplete],
  ["parameters without commas", authorization(/, /g, " "), incomplete],
  ["tabs between the parameters", authorization(/, /g, ",\t"), incomplete],
  ["a scope of three parts", authorization("/lambda/", "/"), incomplete],
  ["a scope of five parts", authorization("/lambda/", "/lambda/more/"), incomplete],
  ["signed headers out of order", authorization("host;x-amz-date", "x-amz-date;host"), incomplete],
  ["a signed header twice", authorization("host;", "host;host;"), incomplete],
  ["a signed header in capitals", authorization("host;", "Host;"), incomplete],
]);

const scope = section(`the scope is this day, region and service: ${source.troubleshooting}`, [
  ["another region", { region: "us-east-1" }, invalid],
  ["no region", { region: "" }, invalid],
  ["the service of API Gateway", { service: "execute-api" }, invalid],
  ["the service in capitals", { service: "Lambda" }, invalid],
  ["the host's own name as the service", { service: "lambda-url" }, invalid],
  ["another terminator", { terminator: "aws5_request" }, invalid],
  ["the day before", authorization("/20261122/", "/20261121/"), invalid],
]);

const clock = section(`five minutes either way, and the session's own end: ${source.troubleshooting}`, [
  ["a date 301 s ago", { signedAt: -301 }, invalid, { signedAt: -300 }],
  ["a date 301 s ahead", { signedAt: 301 }, invalid, { signedAt: 300 }],
  ["a clock 301 s on", { clock: 301, signedAt: 0 }, invalid, { clock: 300, signedAt: 0 }],
  ["a session at its end", { clock: 3600 }, "403 ExpiredTokenException", { clock: 3599 }],
  ["no date", { edit: editHeader("x-amz-date", () => undefined) }, incomplete],
  ["an ISO date with dashes", { edit: editHeader("x-amz-date", () => "2026-11-22T12:00:00Z") }, incomplete],
  ["a date moved by a second", { edit: editHeader("x-amz-date", () => "20261122T120001Z") }, invalid],
]);

const credentials = section(`key, secret and token belong together: ${source.signing}`, [
  ["an unknown key", { mixed: (own) => ({ ...own, accessKeyId: "ASIAAAAAAAAAAAAAAAAA" }) }, unrecognized],
  [
    "another session's secret",
    { mixed: (own, { secretAccessKey }) => ({ ...own, secretAccessKey }) },
    invalid,
  ],
  ["another session's token", { mixed: (own, { sessionToken }) => ({ ...own, sessionToken }) }, unrecognized],
  ["another session's key", { mixed: (own, { accessKeyId }) => ({ ...own, accessKeyId }) }, unrecognized],
  ["no token", { mixed: (own) => ({ ...own, sessionToken: "" }) }, unrecognized],
  [
    "a token changed on the way",
    { edit: editHeader("x-amz-security-token", (value) => value.replace(/.$/, "#")) },
    unrecognized,
  ],
]);

const coverage = section(`host and every x-amz header are signed: ${source.signing}`, [
  ["host not signed", { unsigned: ["host"] }, invalid],
  ["the date not signed", { unsigned: ["x-amz-date"] }, invalid],
  ["the token not signed", { unsigned: ["x-amz-security-token"] }, invalid],
  ["an x-amz header not signed", { unsigned: ["x-amz-meta"] }, invalid, { headers: [["x-amz-meta", "1"]] }],
  ["an x-amz header added later", { edit: addHeader("x-amz-invocation-type", "Event") }, invalid],
  ["a second Host", { edit: addHeader("Host", "reports.example") }, invalid],
  ["a signed header taken away", { edit: editHeader("x-note", () => undefined) }, invalid, note],
  ["a signed header changed", { edit: editHeader("x-note", () => "b") }, invalid, note],
  ["a signed header repeated", { edit: addHeader("x-note", "a") }, invalid, note],
]);

const payload = section(`Lambda takes no unsigned payload: ${source.originAccess}`, [
  [
    "UNSIGNED-PAYLOAD",
    { ...post, ...withHash("UNSIGNED-PAYLOAD") },
    invalid,
    { ...post, ...withHash(sha256Of("hello")) },
  ],
  ["a chunk-signed payload", { ...post, ...withHash("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") }, invalid, post],
  [
    "an unsigned stream with a trailer",
    { ...post, ...withHash("STREAMING-UNSIGNED-PAYLOAD-TRAILER") },
    invalid,
    post,
  ],
  ["the hash of another body", { ...post, ...withHash(sha256Of("other")) }, invalid, post],
  ["the empty body's hash over a body", { ...post, payloadHash: sha256Of("") }, invalid, post],
  ["another body", { edit: (wire) => ({ ...wire, body: Buffer.from("hellO") }) }, invalid, post],
  ["a body cut short", { edit: (wire) => ({ ...wire, body: Buffer.from("hell") }) }, invalid, post],
  ["no body", { edit: (wire) => ({ ...wire, body: Buffer.alloc(0) }) }, invalid, post],
  ["a body added", { edit: (wire) => ({ ...wire, body: Buffer.from("x") }) }, invalid],
]);

const onTheWay = section(`the signature is of this request line: ${source.troubleshooting}`, [
  ["another method", { edit: (wire) => ({ ...wire, method: "DELETE" }) }, invalid],
  ["HEAD for GET", { edit: (wire) => ({ ...wire, method: "HEAD" }) }, invalid],
  ["another path", { edit: (wire) => ({ ...wire, target: "/other" }) }, invalid],
  ["a slash added", { edit: (wire) => ({ ...wire, target: "/list/" }) }, invalid, { target: "/list" }],
  ["a path decoded", { edit: (wire) => ({ ...wire, target: "/a/b" }) }, invalid, { target: "/a%2Fb" }],
  [
    "a path in small letters",
    { edit: (wire) => ({ ...wire, target: "/list" }) },
    invalid,
    { target: "/List" },
  ],
  ["a path encoded only once", { canonicalPath: "/a%2Fb" }, invalid, { target: "/a%2Fb" }],
  ["a query added", { edit: (wire) => ({ ...wire, target: "/?a=1" }) }, invalid],
  ["a query taken away", { edit: (wire) => ({ ...wire, target: "/list" }) }, invalid, query],
  ["a query changed", { edit: (wire) => ({ ...wire, target: "/list?page=2" }) }, invalid, query],
  ["a pair repeated", { edit: (wire) => ({ ...wire, target: "/list?page=1&page=1" }) }, invalid, query],
  ["a presigned URL's parts", { target: `/?X-Amz-Signature=${"0".repeat(64)}` }, invalid],
]);

export const signatureRows: readonly Row[] = [
  ...[form, scope, clock, credentials, coverage, payload, onTheWay].flat(),
  {
    title: "another function URL's host",
    why: `a URL is found by its host: ${source.urlCalls}`,
    good: {},
    fault: { host: "127.0.0.1:1" },
    refused: accessDenied,
  },
];
