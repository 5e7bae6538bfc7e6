// A text made of a time's whole seconds, kept until the next one: thousands of calls share a second.

/** `format` gets the second's date as ISO 8601 has it: `2026-11-21T20:00:00.000Z`. Times are epoch milliseconds. */
export function onceASecond(format: (iso: string) => string): (now: number) => string {
  let last = NaN;
  let text = "";
  return (now) => {
    const second = Math.floor(now / 1000);
    if (second !== last) {
      text = format(new Date(second * 1000).toISOString());
      last = second;
    }
    return text;
  };
}
