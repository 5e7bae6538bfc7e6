// When something is done later, for all in the twin that waits: an argument, so that a test moves time by hand.

export type Cancel = () => void;
export type After = (ms: number, act: () => void) => Cancel;

/** Real time. What waits keeps no process alive. */
export const after: After = (ms, act) => {
  const timer = setTimeout(act, ms).unref();
  return () => clearTimeout(timer);
};
