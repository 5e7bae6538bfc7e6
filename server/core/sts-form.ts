// A form body -> the parameters of STS's query protocol, each once (HTML's application/x-www-form-urlencoded, strictly).
// Which parameters there may be is decided in sts-request.ts.
import type { RawHeaders } from "./raw-headers.js";
import { headerValues } from "./raw-headers.js";
import { accept, refuse, type Result } from "./result.js";
import { stsRefusal } from "./sts-refusal.js";

export type Parameters = ReadonlyMap<string, string>;

/** Beside the token: a policy of 2,048 characters that take six each when encoded, a role's ARN, names. */
export const otherFormBytes = 32_768;

/** More than STS has; a flood ends here and not in a map. */
const maxParameters = 64;

const formType = /^application\/x-www-form-urlencoded *(?:; *charset="?utf-8"? *)?$/i;

/** Looked at before the body is read. */
export const checkFormHeaders = (headers: RawHeaders): Result<undefined> => {
  const [type, second] = headerValues(headers, "content-type");
  return type !== undefined && second === undefined && formType.test(type)
    ? accept(undefined)
    : refuse(stsRefusal("ValidationError", "Send the parameters as application/x-www-form-urlencoded."));
};

/** Refuses what two readers could read in two ways: no `=`, characters that must be encoded, a name that comes twice. */
export function parseForm(body: Buffer): Result<Parameters> {
  const text = body.toString("latin1");
  if (text === "") return refuse(stsRefusal("MissingAction", "The form is empty: it must name an Action."));
  if (!/^[\x21-\x7e]*$/.test(text)) return malformed("a character that must be percent-encoded");
  const pairs = text.split("&", maxParameters + 1);
  if (pairs.length > maxParameters) return malformed(`more than ${maxParameters} parameters`);
  const parameters = new Map<string, string>();
  for (const pair of pairs) {
    const equalsAt = pair.indexOf("=");
    const name = decode(pair.slice(0, Math.max(0, equalsAt)));
    const value = decode(pair.slice(equalsAt + 1));
    if (name === undefined || value === undefined) return malformed("text that is not percent-encoded UTF-8");
    if (name === "") return malformed("a pair without a name or without its =");
    if (parameters.has(name)) return malformed(`the parameter ${namedSafely(name)} twice`);
    parameters.set(name, value);
  }
  return accept(parameters);
}

/** A parameter's name as it may stand in a message. What is not spelled as STS spells its own could be a secret. */
export const namedSafely = (name: string): string =>
  /^[A-Z][A-Za-z]{1,30}(?:\.member\.\d{1,3}(?:\.[A-Za-z]{1,10})?)?$/.test(name)
    ? name
    : "of a name not spelled as STS's are";

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
};

const malformed = (what: string): Result<never> =>
  refuse(stsRefusal("MalformedQueryString", `The form holds ${what}.`));
