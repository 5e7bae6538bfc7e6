// The route's `headers`: verified claims for the function to read, as text that any header field can carry.
import type { Variables } from "./cel.js";
import type { Route } from "./model.js";
import { accept, refuse, type Result } from "./result.js";

export const maxIdentityHeaderLength = 4096;

/**
 * Evaluates each header's expression. Printable ASCII stands as it is; `%` and everything else is percent-encoded
 * UTF-8, so `decodeURIComponent` gives the claim back and two claims never look alike.
 * Refuses `claim_unrepresentable`: not a string, not well-formed Unicode, or over 4,096 characters so.
 */
export function identityHeaders(
  route: Route,
  variables: Variables,
): Result<(readonly [name: string, value: string])[]> {
  const headers: (readonly [string, string])[] = [];
  for (const { name, value: expression } of route.headers) {
    const slot = `headers.${name}`;
    const result = expression.evaluate(variables);
    if (!result.ok) return refuse({ reason: "claim_unrepresentable", slot, cause: result.denial });
    const value = headerValue(result.value);
    if (value === undefined) {
      const cause = `${expression.source} is not a well-formed string of at most ${maxIdentityHeaderLength} characters`;
      return refuse({ reason: "claim_unrepresentable", slot, cause });
    }
    headers.push([name, value]);
  }
  return accept(headers);
}

function headerValue(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.isWellFormed()) return undefined;
  // Spaces inside stand; at the ends a field would lose them (RFC 9110 5.5).
  const encoded = value.replace(/[^\x20-\x24\x26-\x7e]|^ | $/gu, encodeURIComponent);
  return encoded.length > maxIdentityHeaderLength ? undefined : encoded;
}
