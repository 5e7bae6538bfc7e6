// The numbers that Grantway is held to, and whether a run held them.
import { ratio, type Figures } from "./figures.js";

export interface Hold {
  readonly what: string;
  readonly hold: string;
  readonly measured: string;
  readonly holds: boolean;
}

interface Demand {
  readonly what: string;
  readonly hold: string;
  readonly measure: (figures: Figures) => number | undefined;
  readonly isHeld: (measured: number) => boolean;
  readonly say: (measured: number) => string;
}

const times = (measured: number): string => `${measured.toFixed(2)}x`;

const demands: readonly Demand[] = [
  {
    what: "small GET, requests per second / bare Node relay",
    hold: ">= 0.6x",
    measure: (figures) => ratio(figures, "small-get", ["grantway", "bare-relay"]),
    isHeld: (measured) => measured >= 0.6,
    say: times,
  },
  {
    what: "small GET, requests per second / hand-written stack",
    hold: ">= 8x",
    measure: (figures) => ratio(figures, "small-get", ["grantway", "hand-written"]),
    isHeld: (measured) => measured >= 8,
    say: times,
  },
  {
    what: "resident memory per silent call in flight",
    hold: "<= 25 KB",
    measure: ({ silentCalls }) => silentCalls?.grantway?.bytesPerCall,
    isHeld: (measured) => measured <= 25_000,
    say: (measured) => `${(measured / 1000).toFixed(1)} KB`,
  },
  {
    what: "first byte, added at the median",
    hold: "<= 1 ms",
    measure: ({ firstByte }) => firstByte?.grantway?.addedMs,
    isHeld: (measured) => measured <= 1,
    say: (measured) => `${measured.toFixed(2)} ms`,
  },
  {
    what: "resident memory, growth over a 200 MB stream",
    hold: "<= 20 MB",
    measure: ({ largeStream }) => largeStream?.grantway?.growthBytes,
    isHeld: (measured) => measured <= 20e6,
    say: (measured) => `${(measured / 1e6).toFixed(1)} MB`,
  },
  {
    what: "AssumeRole calls for 1,000 first requests of one caller",
    hold: "1",
    measure: ({ singleFlight }) => singleFlight?.assumeRoleCalls,
    isHeld: (measured) => measured === 1,
    say: String,
  },
];

/** Of what was measured only. */
export function holdsOf(figures: Figures): Hold[] {
  return demands.flatMap(({ what, hold, measure, isHeld, say }) => {
    const measured = measure(figures);
    return measured === undefined ? [] : [{ what, hold, measured: say(measured), holds: isHeld(measured) }];
  });
}
