// A timer for what runs beside the calls: it never keeps the process, which would have nothing else to do.

/** Does `act` once, later. @returns what calls it off. */
export type After = (ms: number, act: () => void) => () => void;

export const afterUnreferenced: After = (ms, act) => {
  const timer = setTimeout(act, ms).unref();
  return () => clearTimeout(timer);
};
