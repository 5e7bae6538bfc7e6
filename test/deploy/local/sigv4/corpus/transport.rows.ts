// What stands on the wire before a signature matters: versions, methods, lengths, forms of a request that URLs do not take.
import type { Ask } from "./corpus-twin.js";
import { accessDenied, type Row, source } from "./row.js";
import type { Wire } from "./raw-exchange.js";

const row = (title: string, why: string, fault: Ask, refused: string, good: Ask = {}): Row => ({
  title,
  why,
  good,
  fault,
  refused,
});
const edit = (change: (wire: Wire) => Partial<Wire>): Ask => ({
  edit: (wire) => ({ ...wire, ...change(wire) }),
});

/** The signature's parts in the query, as a presigned URL has them. */
const presigned = edit(({ target, rawHeaders }) => {
  const authorization = rawHeaders.at(-1) ?? "";
  const [, credential = "", names = "", signature = ""] =
    /Credential=(\S+), SignedHeaders=(\S+), Signature=(\S+)/.exec(authorization) ?? [];
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": credential,
    "X-Amz-SignedHeaders": names,
    "X-Amz-Signature": signature,
  });
  return { target: `${target}?${query.toString()}`, rawHeaders: rawHeaders.slice(0, -2) };
});

const upload: Ask = { method: "POST", headers: [["Content-Type", "text/plain"]] };

export const transportRows: readonly Row[] = [
  row(
    "HTTP/1.0",
    `streams need 1.1: ${source.urlCalls}`,
    edit(() => ({ version: "1.0" })),
    "505 HttpVersionNotSupportedException",
  ),
  row("TRACE", `seven methods: ${source.urlCalls}`, { method: "TRACE" }, "405 MethodNotAllowedException", {
    method: "OPTIONS",
  }),
  row(
    "PROPFIND",
    `seven methods: ${source.urlCalls}`,
    { method: "PROPFIND" },
    "405 MethodNotAllowedException",
    { method: "PATCH" },
  ),
  row("a method that nobody knows", `seven methods: ${source.urlCalls}`, { method: "FETCH" }, "400", {
    method: "PUT",
  }),
  row(
    "a body of 6,291,457 bytes",
    "Lambda Developer Guide, Lambda quotas",
    { body: "x".repeat(6_291_457) },
    "413 RequestEntityTooLargeException",
    { ...upload, body: "x".repeat(6_200_000) },
  ),
  row("a presigned URL", `the twin takes the header form only: ${source.signing}`, presigned, accessDenied),
  row(
    "a target with its host",
    "a proxy's form, RFC 9112 3.2.2",
    edit(({ target }) => ({ target: `http://127.0.0.1${target}` })),
    "403 InvalidSignatureException",
  ),
  row(
    "an empty segment",
    `the canonical form is another: ${source.signing}`,
    { target: "//a" },
    "403 InvalidSignatureException",
    { target: "/a" },
  ),
  row(
    "a dot segment",
    `the canonical form is another: ${source.signing}`,
    { target: "/b/../a" },
    "403 InvalidSignatureException",
    { target: "/b/a" },
  ),
  row("bytes that are no UTF-8", "the event is JSON", { target: "/%E9" }, "403 InvalidSignatureException", {
    target: "/%C3%A9",
  }),
];
