// Waiting for work that several callers share: it is done once, and one who leaves does not end it for the others.

/** Rejects with the signal's reason once it is aborted; the work goes on. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(reasonOf(signal));
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave);
    void work.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

/** React Native's signals have no reason. */
export const reasonOf = ({ reason }: AbortSignal): Error =>
  (reason as Error | undefined) ?? Object.assign(new Error("Aborted"), { name: "AbortError" });

/** Work that was begun for a key is what everybody gets who asks for that key until it is done. A failure is not kept. */
export function createFlights<T>(): (key: unknown, start: () => Promise<T>) => Promise<T> {
  const pending = new Map<unknown, Promise<T>>();
  return (key, start) => {
    const flight = pending.get(key) ?? start().finally(() => pending.delete(key));
    pending.set(key, flight);
    return flight;
  };
}
