// A step gives a value or refuses with a reason. Refusals are values; a thrown error is a bug.
import type { Denial } from "./denial.js";

export type Result<T, E = Denial> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly denial: E };

export const accept = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const refuse = <E = Denial>(denial: E): { readonly ok: false; readonly denial: E } => ({
  ok: false,
  denial,
});
