// An alias's weight, from 0 to 1, as people say it.

/** To two places: 0.125 is 12.5. */
export const percentOf = (weight: number): number => Math.round(weight * 10_000) / 100;
