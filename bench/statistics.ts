// Medians and ratios: the only statistics that the bench uses.

/** NaN of nothing. */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The nearest rank for anything but the middle; the middle of an even number is the mean of two. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const at = (index: number): number => sorted[index] ?? NaN;
  return share === 0.5 ? (at(Math.floor(rank)) + at(Math.ceil(rank))) / 2 : at(Math.round(rank));
}
