// A sample's claims with some of them changed.
export type Claims = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Claims =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `claims` with those of `patch`. */
export function patched(claims: Claims, patch: Claims): Claims {
  const entries = Object.entries(patch).map(([name, value]): [string, unknown] => {
    const own = claims[name];
    return [name, isObject(own) && isObject(value) ? patched(own, value) : value];
  });
  return Object.fromEntries(
    Object.entries({ ...claims, ...Object.fromEntries(entries) }).filter(([, value]) => value !== undefined),
  );
}
