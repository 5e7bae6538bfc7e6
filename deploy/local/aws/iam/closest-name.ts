// The name that somebody probably meant: the one with the fewest changed, added or lost letters.

/** `undefined` when no candidate is near: a third of the letters may differ. Case does not count. */
export function closestName(name: string, candidates: readonly string[]): string | undefined {
  let closest: string | undefined;
  let least = Math.floor(name.length / 3) + 1;
  for (const candidate of candidates) {
    const distance = changesBetween(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [closest, least] = [candidate, distance];
  }
  return closest;
}

/** Levenshtein's distance, one row of the table after the other. */
function changesBetween(one: string, other: string): number {
  const columns = Array.from(other);
  let row = columns.map((_, column) => column + 1);
  let last = columns.length;
  for (const [index, letter] of Array.from(one).entries()) {
    let diagonal = index;
    last = index + 1;
    row = row.map((above, column) => {
      last = Math.min(above + 1, last + 1, diagonal + (columns[column] === letter ? 0 : 1));
      diagonal = above;
      return last;
    });
  }
  return last;
}
