// A value that many share, kept from changing under any of them.

/** With all that it holds. The value is a tree of bounded depth, such as what JSON of bounded size gives. */
export function frozen<T extends object>(value: T): T {
  for (const member of Object.values(value)) {
    if (typeof member === "object" && member !== null && !Object.isFrozen(member)) frozen(member as object);
  }
  return Object.freeze(value);
}
