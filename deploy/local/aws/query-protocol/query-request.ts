// AWS's query protocol, which STS and IAM speak: POST / with a form. The twin takes no GET, and no parameter twice.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/programming.html
import type { AwsError, Outcome, SignedRequest } from "../model.js";

export type Parameters = ReadonlyMap<string, string>;

// Above any legal AssumeRole: a policy, 50 tags and their encoding.
const limitBytes = 256 * 1024;

const refusal = (type: string, message: string): { readonly ok: false; readonly error: AwsError } => ({
  ok: false,
  error: { status: 400, type, message },
});

export function readQueryRequest({ method, target, rawHeaders, body }: SignedRequest): Outcome<Parameters> {
  if (method !== "POST" || target !== "/") {
    return refusal(
      "InvalidAction",
      "What is asked of / is for STS or IAM, and the local twin takes POST only.",
    );
  }
  const at = rawHeaders.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === "content-type");
  const type = at < 0 ? "" : (rawHeaders[at + 1] ?? "");
  if (!/^application\/x-www-form-urlencoded\s*(;\s*charset=utf-8\s*)?$/i.test(type)) {
    return refusal("InvalidAction", "The local twin takes application/x-www-form-urlencoded only.");
  }
  if (body.length > limitBytes) return refusal("ValidationError", `The request is over ${limitBytes} bytes.`);
  return parseForm(body.toString("latin1"));
}

function parseForm(text: string): Outcome<Parameters> {
  const parameters = new Map<string, string>();
  for (const pair of text.split("&")) {
    const [, key, value] = /^([^=]*)=(.*)$/s.exec(pair)?.map(decode) ?? [];
    if (!key || value === undefined)
      return refusal("MalformedQueryString", "The form contains a syntax error.");
    if (parameters.has(key)) return refusal("MalformedQueryString", `Parameter ${key} came twice.`);
    parameters.set(key, value);
  }
  return { ok: true, value: parameters };
}

function decode(text: string): string | undefined {
  if (!/^[\x21-\x7e]*$/.test(text)) return undefined;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** Hands out parameters and remembers which: what nobody took is not understood. */
export interface ParameterReader {
  has(name: string): boolean;
  take(name: string): string | undefined;
  /** Numbers of a list's members: 1, 2, 3... `suffix` is of a part that each member has. An empty list is `Tags=`. */
  members(list: string, suffix: string): number[];
  rest(): readonly string[];
}

export function readParameters(parameters: Parameters): ParameterReader {
  const left = new Set(parameters.keys());
  const members = (list: string, suffix: string): number[] => {
    if (parameters.get(list) === "") left.delete(list);
    const numbers: number[] = [];
    while (parameters.has(`${list}.member.${numbers.length + 1}${suffix}`)) numbers.push(numbers.length + 1);
    return numbers;
  };
  return {
    members,
    has: (name) => parameters.has(name),
    take: (name) => {
      left.delete(name);
      return parameters.get(name);
    },
    rest: () => [...left],
  };
}
