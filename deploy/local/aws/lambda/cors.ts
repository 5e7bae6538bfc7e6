// What a function URL with `Cors` says to browsers: the answer to a preflight, and the fields that stand beside the
// function's own on every other answer. https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors
// and https://fetch.spec.whatwg.org/#http-cors-protocol. Where AWS's pages are silent a browser is told less. Pure.
import { headerValues } from "../../../../server/core/raw-headers.js";
import type { SignedRequest, UrlCors } from "../model.js";

type Header = [name: string, value: string];

/** Answered without a signature and without the function. */
export const isPreflight = (request: SignedRequest): boolean =>
  request.method === "OPTIONS" &&
  valuesOf(request, "origin").length > 0 &&
  valuesOf(request, "access-control-request-method").length > 0;

/** Nothing but `vary` for an origin, a method or a header that is not allowed: a browser then refuses. */
export const preflightHeaders = (cors: UrlCors, request: SignedRequest): Header[] => {
  const [method = ""] = valuesOf(request, "access-control-request-method");
  const wanted = valuesOf(request, "access-control-request-headers").flatMap((value) => value.split(","));
  const allowed = originHeaders(cors, request, method);
  if (allowed.length === 0 || !wanted.every((name) => allowsHeader(cors, name.trim()))) return [VARY];
  return [
    ...allowed,
    ["access-control-allow-methods", cors.allowMethods.join(",")],
    ...listed("access-control-allow-headers", cors.allowHeaders),
    ...listed("access-control-expose-headers", cors.exposeHeaders),
    ["access-control-max-age", String(cors.maxAgeSeconds)],
    VARY,
  ];
};

/** For an answer of the function. They are added to its own, so that a browser may see two and refuse both. */
export const answerHeaders = (cors: UrlCors, request: SignedRequest): Header[] => {
  const allowed = originHeaders(cors, request, request.method);
  if (allowed.length === 0) return [VARY];
  return [...allowed, ...listed("access-control-expose-headers", cors.exposeHeaders), VARY];
};

const VARY: Header = ["vary", "Origin"];

const originHeaders = (cors: UrlCors, request: SignedRequest, method: string): Header[] => {
  const [origin, ...more] = valuesOf(request, "origin");
  const allowed = cors.allowOrigins.find((candidate) => candidate === "*" || candidate === origin);
  if (origin === undefined || more.length > 0 || allowed === undefined) return [];
  if (!cors.allowMethods.some((candidate) => candidate === "*" || candidate === method)) return [];
  // "*" is never turned into the origin: whether AWS does so when credentials are allowed is not documented, and a
  // browser takes "*" without credentials only.
  return [
    ["access-control-allow-origin", allowed],
    ...(cors.allowCredentials ? ([["access-control-allow-credentials", "true"]] satisfies Header[]) : []),
  ];
};

const allowsHeader = ({ allowHeaders }: UrlCors, name: string): boolean =>
  name === "" ||
  allowHeaders.some((allowed) => allowed === "*" || allowed.toLowerCase() === name.toLowerCase());

const listed = (name: string, values: readonly string[]): Header[] =>
  values.length === 0 ? [] : [[name, values.join(",")]];

const valuesOf = ({ rawHeaders }: SignedRequest, name: string): string[] => headerValues(rawHeaders, name);
