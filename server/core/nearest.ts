// "Did you mean": the known word that a mistyped one is nearest to.

/** `undefined` where none is near: more than two letters off, or more than half of the word. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.min(2, Math.floor(word.length / 2));
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(word.slice(0, 64), candidate) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance);
  return best?.candidate;
}

/** Levenshtein's: letters added, left out or changed. */
export function editDistance(a: string, b: string): number {
  const letters = Array.from(b);
  let row = [0, ...letters.map((_, at) => at + 1)];
  let distance = letters.length;
  for (const [i, letter] of Array.from(a).entries()) {
    let diagonal = i;
    let left = i + 1;
    row = row.map((above, j) => {
      if (j > 0) left = Math.min(diagonal + (letter === letters[j - 1] ? 0 : 1), above + 1, left + 1);
      diagonal = above;
      return left;
    });
    distance = left;
  }
  return distance;
}
